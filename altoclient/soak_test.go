package altoclient_test

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/altracker/altracker/altoclient"
)

// soakTime is how long each soak goes on; ALTO_SOAK=5m makes it longer.
func soakTime(t *testing.T) time.Duration {
	text := os.Getenv("ALTO_SOAK")
	if text == "" {
		return 2 * time.Second
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestUpdatesSoak follows a server whose maps change without end while connections
// are cut, the server restarts, with new tags or the old ones, and the client reads
// slowly or not at all. Whatever happens, what is read are maps that belong
// together, and when it is over they are the server's; nothing stays behind.
func TestUpdatesSoak(t *testing.T) {
	for _, mode := range []altoclient.UpdateMode{altoclient.UpdatesSSE, altoclient.UpdatesTIPS} {
		for name, weights := range map[string][]altoclient.CostWeight{"one cost map": nil, "two cost maps": twoWeights} {
			t.Run(fmt.Sprint(mode, " ", name), func(t *testing.T) { soak(t, mode, weights) })
		}
	}
}

func soak(t *testing.T, mode altoclient.UpdateMode, weights []altoclient.CostWeight) {
	before, running := heapInUse(), goleak.IgnoreCurrent()
	early, late := soakSource(t, mode, weights)
	goleak.VerifyNone(t, running)
	const slack = 8 << 20 // what the runtime and others keep
	if early > 0 && late > 2*early-before+slack {
		t.Errorf("heap in use grew from %d to %d bytes", early-before, late-before)
	}
	if after := heapInUse(); after > before+slack {
		t.Errorf("%d bytes are left behind", after-before)
	}
}

// soakSource returns the most heap that was in use in the first and in the last
// third of the time.
func soakSource(t *testing.T, mode altoclient.UpdateMode, weights []altoclient.CostWeight) (early, late int64) {
	w := newWorld(len(weights))
	site := newSite(t, w.content(t))
	client := altoclient.NewClient(altoclient.Config{HTTP: site.slowly.client(), Timeout: 5 * time.Second})
	source, err := altoclient.NewSource(altoclient.SourceConfig{
		Name: "soak", Directory: site.url + "/directory", Client: client, Costs: weights,
		Updates: mode, Silence: 2 * time.Second, Floor: 50 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	source.Hasten()
	var torn atomic.Pointer[string]
	source.Notify(func() {
		if s, ok := source.Current().(*altoclient.Snapshot); ok && s.CostMap() != nil && s.CostMap().NetworkMap() != s.VersionTag() {
			text := fmt.Sprintf("network map %v with costs of %v", s.VersionTag(), s.CostMap().NetworkMap())
			torn.Store(&text)
		}
	})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- source.Run(ctx) }()
	f := &following{source: source}
	f.eventually(t, "following", f.by(mode))

	changes, troubles := 0, 0
	length := soakTime(t)
	for begun, trouble := time.Now(), time.Now(); time.Since(begun) < length; {
		w.change()
		site.publish(w.content(t))
		if changes++; changes%100 == 0 {
			used := heapInUse()
			if past := time.Since(begun); past < length/3 {
				early = max(early, used)
			} else if past > 2*length/3 {
				late = max(late, used)
			}
		}
		if time.Since(trouble) > 300*time.Millisecond {
			w.trouble(t, site)
			troubles++
			trouble = time.Now()
		}
		time.Sleep(time.Duration(w.random.IntN(10)) * time.Millisecond)
	}
	site.slowly.set(0)
	want := w.describe(t, weights)
	for deadline := time.Now().Add(20 * time.Second); describe(source.Current()) != want; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the client's maps are\n%s\nthe server's\n%s\n%+v", describe(source.Current()), want, source.Status())
		}
	}
	f.eventuallyWithin(t, 20*time.Second, "following again", f.by(mode))
	w.change()
	site.publish(w.content(t))
	f.eventually(t, "the last change", func() bool { return describe(source.Current()) == w.describe(t, weights) })
	s := source.Status()
	t.Logf("%d changes, %d troubles: %d updates applied, %d fetches, %d failed, %d from doubt; heap of %.1f MB early, %.1f MB late",
		changes, troubles, s.Applied, s.Fetches, s.Failures, s.Resyncs, float64(early)/1e6, float64(late)/1e6)
	if text := torn.Load(); text != nil {
		t.Error(*text)
	}
	if s.Applied < uint64(changes)/20 {
		t.Errorf("only %d of %d changes came as updates", s.Applied, changes)
	}

	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	client.Close()
	site.close()
	return early, late
}

func (f *following) eventuallyWithin(t *testing.T, d time.Duration, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(d); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not after %v; %+v", what, d, f.source.Status())
		}
	}
}

func heapInUse() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

package altoclient_test

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"github.com/altracker/altracker/altoclient"
	"github.com/altracker/altracker/altoclient/altotest"
)

// production is a pair of maps as it comes.
type production struct {
	altotest.Production
	network, costs []byte
}

func newProduction(p altotest.Production) *production {
	network, costs := p.Documents()
	return &production{p, network, costs}
}

// load is what the field's client does: from bytes to a Snapshot.
func (p *production) load(tb testing.TB, limits altoclient.Limits) *altoclient.Snapshot {
	tb.Helper()
	network, err := altoclient.ParseNetworkMap(bytes.NewReader(p.network), limits)
	if err != nil {
		tb.Fatal(err)
	}
	costs, err := altoclient.ParseCostMap(bytes.NewReader(p.costs), network, limits)
	if err != nil {
		tb.Fatal(err)
	}
	s, err := altoclient.NewSnapshot(network, costs, altoclient.SnapshotConfig{})
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// The documents as encoding/json decodes them, into plain maps.
type (
	plainNetwork struct {
		NetworkMap map[string]map[string][]string `json:"network-map"`
	}
	plainCosts struct {
		CostMap map[string]map[string]float64 `json:"cost-map"`
	}
)

func (p *production) loadPlain(tb testing.TB) (plainNetwork, plainCosts) {
	tb.Helper()
	var network plainNetwork
	var costs plainCosts
	if err := json.Unmarshal(p.network, &network); err != nil {
		tb.Fatal(err)
	}
	if err := json.Unmarshal(p.costs, &costs); err != nil {
		tb.Fatal(err)
	}
	return network, costs
}

// BenchmarkProduction takes a network map of 1,700 PIDs and 250,000 prefixes with
// a cost map of 1.3 million pairs from bytes to a Snapshot, and compares with
// encoding/json.
func BenchmarkProduction(b *testing.B) {
	p := newProduction(altotest.LargeProvider(1, 0))
	size := int64(len(p.network) + len(p.costs))
	var ours, theirs time.Duration
	b.Run("altoclient", func(b *testing.B) {
		b.SetBytes(size)
		b.ReportAllocs()
		for b.Loop() {
			p.load(b, altoclient.Limits{})
		}
		ours = b.Elapsed() / time.Duration(b.N)
	})
	b.Run("encoding-json", func(b *testing.B) {
		b.SetBytes(size)
		b.ReportAllocs()
		for b.Loop() {
			p.loadPlain(b)
		}
		theirs = b.Elapsed() / time.Duration(b.N)
		if ours > 0 {
			b.ReportMetric(float64(theirs)/float64(ours), "times-ours")
		}
	})
	b.Run("lookup", func(b *testing.B) {
		heap := heapInUse()
		s := p.load(b, altoclient.Limits{})
		grown := heapInUse() - heap
		n := uint32(1)
		for b.Loop() {
			n = n*1664525 + 1013904223
			s.PID(netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}))
		}
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "lookups/s")
		b.ReportMetric(float64(grown)/float64(p.Prefixes), "snapshot-B/prefix")
	})
}

// TestProductionSnapshotLoadsWithinItsMeans measures the promises of the
// benchmark: quicker than encoding/json, and never more than three times the
// memory of the finished Snapshot.
func TestProductionSnapshotLoadsWithinItsMeans(t *testing.T) {
	if testing.Short() || altoclient.RaceDetector {
		t.Skip("takes seconds, and is about time and memory")
	}
	p := newProduction(altotest.LargeProvider(1, 0))
	heapInUse() // what making the documents has left is no part of it
	// The collector must not be what keeps the peak low, and must not be late
	// either: at 20 %, what is garbage is soon gone.
	defer debug.SetGCPercent(debug.SetGCPercent(20))
	stop, peak := make(chan struct{}), make(chan int64)
	go func() { peak <- watchHeap(stop) }()
	start := time.Now()
	s := p.load(t, altoclient.Limits{})
	took := time.Since(start)
	close(stop)
	most, finished := <-peak, heapInUse()
	if s.PIDs() != p.PIDs || s.NetworkMap().Len() < p.Prefixes*9/10 || s.Cost(1, uint32(p.PIDs)) != s.Cost(1, uint32(p.PIDs)) {
		t.Errorf("%d PIDs, %d prefixes", s.PIDs(), s.NetworkMap().Len())
	}
	// What is there without the Snapshot, which nobody holds any more, is counted now:
	// tests before this one may have left something that was still going when it began.
	without := heapInUse()
	most, finished = most-without, finished-without
	t.Logf("%d + %d bytes: Snapshot of %.1f MB, peak %.1f MB (%.2f times), %v",
		len(p.network), len(p.costs), float64(finished)/1e6, float64(most)/1e6, float64(most)/float64(finished), took)
	if most > 3*finished {
		t.Errorf("peak of %d bytes for a Snapshot of %d", most, finished)
	}
	runtime.KeepAlive(p)
}

// watchHeap returns the most that was allocated at any look until stop.
func watchHeap(stop <-chan struct{}) (most int64) {
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		most = max(most, int64(m.HeapAlloc))
		select {
		case <-stop:
			return most
		case <-tick.C:
		}
	}
}

// TestMillionPrefixesLoad has a full table and 10,000 PIDs, of which 200 have a
// row: the matrix itself is over the default limit.
func TestMillionPrefixesLoad(t *testing.T) {
	if testing.Short() || altoclient.RaceDetector {
		t.Skip("takes seconds, and is about time and memory")
	}
	p := newProduction(altotest.Production{PIDs: 10_000, Prefixes: 1_000_000, Homes: 200})
	start := time.Now()
	s := p.load(t, altoclient.Limits{})
	t.Logf("%d + %d bytes in %v", len(p.network), len(p.costs), time.Since(start))
	if s.PIDs() != 10_000 || s.NetworkMap().Len() < 900_000 {
		t.Errorf("%d PIDs, %d prefixes", s.PIDs(), s.NetworkMap().Len())
	}
	if ends, _, _ := s.Row(1, true); ends[len(ends)-1] != 10_001 {
		t.Errorf("row ends at %d", ends[len(ends)-1])
	}
}

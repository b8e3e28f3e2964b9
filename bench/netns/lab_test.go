package netns_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/altracker/altracker/bench/live"
	"github.com/altracker/altracker/bench/netns"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// open returns a Lab with a tracker that has the given policy, or skips.
func open(t *testing.T, policy string) *netns.Lab {
	t.Helper()
	if os.Getenv("ALTBENCH_NAMESPACES") == "" {
		t.Skip("real programs take a minute and root: ALTBENCH_NAMESPACES=1, or .ci/run programs")
	}
	if err := netns.Missing(t.Context(), netns.Programs()); err != nil {
		t.Skip(err)
	}
	altracker := filepath.Join(t.TempDir(), "altracker")
	if out, err := exec.Command("go", "build", "-o", altracker, "github.com/altracker/altracker/cmd/altracker").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	lab, err := netns.Open(t.Context(), netns.Config{Altracker: altracker, Interval: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := lab.Close(); err != nil {
			t.Error(err)
		}
		list, err := exec.Command("ip", "netns", "list").Output()
		if err != nil || strings.Contains(string(list), fmt.Sprintf("altbench-%d-", os.Getpid())) {
			t.Errorf("namespaces are left: %s %v", list, err)
		}
	})
	configuration, err := json.Marshal(map[string]any{
		"http": map[string]any{"listen": netns.Announces}, "udp": map[string]any{"listen": ""}, "admin": map[string]any{"listen": netns.Admin},
		"policy": map[string]any{"name": policy}, "announce": map[string]any{"interval": "5s", "min_interval": "2s"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := lab.Track(t.Context(), configuration); err != nil {
		t.Fatal(err)
	}
	return lab
}

// Debian's clients, two of each, get the right bytes; what nftables has counted at the
// bridge is what they say they sent and received, and headers.
func TestWhatIsCountedInNamespacesIsWhatClientsSay(t *testing.T) {
	lab := open(t, "random")
	ctx, stop := context.WithTimeout(t.Context(), 3*time.Minute)
	defer stop()
	const file, rate = 1 << 20, 1 << 20
	result, err := lab.Run(ctx, live.Scenario{
		PIDs: 2, PeersPerPID: 3, FileBytes: file, PieceBytes: 32 << 10, UploadRate: rate, DownloadRate: 8 * rate,
		SampleAt: time.Second, Until: 2 * time.Minute,
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !result.Complete() {
		t.Errorf("not everybody has the right bytes: %+v", result.Clients)
	}
	if least := 5.0 * file / (6 * rate); result.Elapsed.Seconds() < least {
		t.Errorf("over after %v; at their rates they need %.1f s", result.Elapsed, least)
	}
	var said, counted, matrix int64
	for i, c := range result.Clients {
		t.Logf("%v %v: sent %d, %d on the wire; received %d, %d; complete after %v", c.Addr, result.Programs[i],
			c.Sent, result.Counted[i].Sent, c.Received, result.Counted[i].Received, c.Completed)
		said, counted = said+c.Sent, counted+result.Counted[i].Sent
		if !c.Seed && (c.Received < file || result.Counted[i].Received < c.Received) {
			t.Errorf("%v received %d bytes, %d on the wire, of %d", c.Addr, c.Received, result.Counted[i].Received, int(file))
		}
	}
	for _, row := range result.Bytes {
		for _, n := range row {
			matrix += n
		}
	}
	if matrix != counted {
		t.Errorf("PIDs sent %d bytes, clients %d", matrix, counted)
	}
	if ratio := float64(counted) / float64(said); !(ratio > 1 && ratio < 1.25) {
		t.Errorf("%d bytes on the wire, clients say %d: %.3f times", counted, said, ratio)
	}
}

// A run that is stopped says so and is cleaned up.
func TestRunInNamespacesEndsWithItsContext(t *testing.T) {
	lab := open(t, "random")
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	result, err := lab.Run(ctx, live.Scenario{PIDs: 2, PeersPerPID: 3, FileBytes: 8 << 20, UploadRate: 64 << 10}, func(p live.Progress) {
		if p.Elapsed > time.Second {
			stop()
		}
	})
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "5 of 6 clients are not complete") || result == nil || result.Complete() {
		t.Errorf("result is %+v, error %v", result, err)
	}
}

package load_test

import (
	"bytes"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"github.com/altracker/altracker/altoclient"
	"github.com/altracker/altracker/bench/load"
)

// read reads a map file with the ALTO client.
func read[T any](t *testing.T, path string, parse func(*bytes.Reader) (T, error)) T {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	m, err := parse(bytes.NewReader(b))
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return m
}

func TestMapsPlaceEverySourceInItsPID(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "maps")
	if err := load.WriteMaps(dir, 100); err != nil {
		t.Fatal(err)
	}
	network := read(t, filepath.Join(dir, load.NetworkMapFile), func(r *bytes.Reader) (*altoclient.NetworkMap, error) {
		return altoclient.ParseNetworkMap(r, altoclient.Limits{})
	})
	costs := read(t, filepath.Join(dir, load.CostMapFile), func(r *bytes.Reader) (*altoclient.CostMap, error) {
		return altoclient.ParseCostMap(r, network, altoclient.Limits{})
	})
	pidOf := func(addr string) string {
		return network.Name(network.PID(netip.MustParseAddr(addr)))
	}
	for net := 1; net <= 250; net++ {
		if got, want := pidOf(fmt.Sprintf("127.%d.7.1", net)), fmt.Sprintf("pid-%03d", (net-1)%100+1); got != want {
			t.Errorf("127.%d.7.1 is in %s, want %s", net, got, want)
		}
	}
	if got := pidOf("192.0.2.1"); got != "elsewhere" {
		t.Errorf("192.0.2.1 is in %s", got)
	}
	numbers := map[string]uint32{}
	for pid := range uint32(network.PIDs() + 1) {
		numbers[network.Name(pid)] = pid
	}
	for _, c := range []struct {
		from, to string
		want     float32
	}{{"pid-001", "pid-001", 1}, {"pid-001", "pid-010", 5}, {"pid-001", "pid-011", 11}, {"pid-100", "pid-001", 19}} {
		if got := costs.Cost(numbers[c.from], numbers[c.to]); got != c.want {
			t.Errorf("%s to %s costs %v, want %v", c.from, c.to, got, c.want)
		}
	}
	for _, pids := range []int{0, 251} {
		if err := load.WriteMaps(dir, pids); err == nil {
			t.Errorf("%d PIDs are accepted", pids)
		}
	}
}

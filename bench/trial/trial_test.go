package trial_test

import (
	"bytes"
	"math"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/altracker/altracker/altoclient/altoserver"
	"github.com/altracker/altracker/bench/trial"
)

func source() *rand.Rand { return rand.New(rand.NewPCG(7, 7)) }

// each runs a test for each trial.
func each(t *testing.T, test func(t *testing.T, s scene)) {
	for _, name := range trial.Names() {
		if name == "comcast-fine" && testing.Short() {
			continue
		}
		t.Run(name, func(t *testing.T) { test(t, load(t, name)) })
	}
}

// TestFilesAreWhatTheSourcesSay: go generate has been run since they changed.
func TestFilesAreWhatTheSourcesSay(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		docs, err := s.Documents()
		if err != nil {
			t.Fatal(err)
		}
		folder := s.Name
		if _, err := os.Stat(folder); err != nil {
			folder = t.TempDir() // too large to be kept
			if err := s.Write(folder); err != nil {
				t.Fatal(err)
			}
		}
		for file, want := range docs.Files() {
			if got, err := os.ReadFile(filepath.Join(folder, file)); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s is not what regions.yaml and pids.csv say (%v): run go generate", file, err)
			}
		}
	})
}

// TestAnALTOServerTakesTheFiles as they are.
func TestAnALTOServerTakesTheFiles(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		if s.Name == "comcast-fine" {
			t.Skip("as the others, and large")
		}
		docs, err := s.Documents()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := altoserver.NewContent(docs.NetworkMap, docs.CostMap); err != nil {
			t.Error(err)
		}
	})
}

func TestTrialsAreAsPublished(t *testing.T) {
	for name, want := range map[string]struct {
		pids     int
		internal int
		inside   float64
	}{
		"chinatelecom":        {12, 11, 0.246},
		"chinatelecom-2":      {2, 1, 0.246},
		"chinatelecom-normal": {1, 0, 0},
		"chinatelecom-places": {20, 11, 2706. / 16500},
		"comcast-coarse":      {22, 21, 0.063},
		"comcast-fine":        {1182, 1181, 0.063},
	} {
		s := load(t, name)
		snapshot := s.snapshot
		if snapshot.PIDs() != want.pids || len(s.PIDs) != want.pids {
			t.Errorf("%s: %d PIDs in the map, %d in the table, want %d", name, snapshot.PIDs(), len(s.PIDs), want.pids)
		}
		internal, share, all := 0, 0.0, 0.0
		for _, p := range s.PIDs {
			all += p.Share
			if snapshot.Internal(snapshot.PID(p.Addresses.Addr())) {
				internal++
				share += p.Share
			}
		}
		if internal != want.internal || math.Abs(share-want.inside) > 1e-9 || math.Abs(all-1) > 1e-9 {
			t.Errorf("%s: %d internal PIDs with %.4f of %.4f, want %d with %.4f", name, internal, share, all, want.internal, want.inside)
		}
	}
}

// TestCostsAreAsPublished: 1 between MANs, 2 to and from the rest.
func TestCostsAreAsPublished(t *testing.T) {
	snapshot := load(t, "chinatelecom").snapshot
	rest := snapshot.PID(netip.MustParseAddr("192.0.2.1"))
	for a := uint32(1); a <= 12; a++ {
		for b := uint32(1); b <= 12; b++ {
			want := float32(1)
			if (a == rest) != (b == rest) {
				want = 2
			}
			if got := snapshot.Cost(a, b); got != want {
				t.Errorf("cost from %s to %s is %v, want %v", snapshot.Name(a), snapshot.Name(b), got, want)
			}
		}
	}
}

// TestAddressesAreInTheirPIDs: also those for real clients on loopback (127.0.<PID>.<n>)
// and in namespaces (198.18.<PID>.<n>).
func TestAddressesAreInTheirPIDs(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		snapshot := s.snapshot
		for i, p := range s.PIDs {
			first, last := p.Addresses.Masked().Addr(), lastOf(p.Addresses)
			for _, addr := range []netip.Addr{first, first.Next(), last} {
				if got := snapshot.Name(snapshot.PID(addr)); got != p.Name {
					t.Errorf("%v is in %s, want %s", addr, got, p.Name)
				}
			}
			for _, q := range s.PIDs[:i] {
				if p.Addresses.Overlaps(q.Addresses) {
					t.Errorf("%s and %s share addresses", p.Name, q.Name)
				}
			}
		}
	})
	snapshot := load(t, "chinatelecom").snapshot
	for addr, want := range map[string]string{"127.0.7.9": "man-7", "198.18.11.1": "man-11", "127.0.12.1": "rest", "127.0.0.1": "rest"} {
		if got := snapshot.Name(snapshot.PID(netip.MustParseAddr(addr))); got != want {
			t.Errorf("%s is in %s, want %s", addr, got, want)
		}
	}
}

func lastOf(p netip.Prefix) netip.Addr {
	b := p.Masked().Addr().As4()
	for bit := p.Bits(); bit < 32; bit++ {
		b[bit/8] |= 0x80 >> (bit % 8)
	}
	return netip.AddrFrom4(b)
}

// TestPlacesReachThePolicy: what pids.csv says comes back by the property map.
func TestPlacesReachThePolicy(t *testing.T) {
	for _, name := range []string{"chinatelecom", "chinatelecom-2", "chinatelecom-places"} {
		s := load(t, name)
		home := s.numbers[0]
		for property, told := range map[string]func(trial.PID) string{
			"isp":      func(p trial.PID) string { return p.ISP },
			"province": func(p trial.PID) string { return p.Province },
			"city":     func(p trial.PID) string { return p.City },
		} {
			ends, texts := s.atlas.Labels(home, property)
			for i, p := range s.PIDs {
				got := ""
				if at, _ := slices.BinarySearch(ends, s.numbers[i]+1); at < len(texts) {
					got = texts[at]
				}
				if got != told(p) {
					t.Errorf("%s: %s of %s is %q, want %q", name, property, p.Name, got, told(p))
				}
			}
		}
	}
}

func TestPeersAreDrawnByShares(t *testing.T) {
	s := load(t, "chinatelecom")
	counts := s.Draw(100_000, source())
	sum := 0
	for i, n := range counts {
		sum += n
		if got := float64(n) / 100_000; math.Abs(got-s.PIDs[i].Share) > 0.005 {
			t.Errorf("%.4f of the peers are in %s, want %.4f", got, s.PIDs[i].Name, s.PIDs[i].Share)
		}
	}
	if sum != 100_000 || !slices.Equal(counts, s.Draw(100_000, source())) {
		t.Errorf("%d peers, or others for the same seed", sum)
	}
}

func TestOnlyTrialsThatThereAre(t *testing.T) {
	if _, err := trial.Load("yale"); err == nil || !strings.Contains(err.Error(), "one of chinatelecom, ") {
		t.Errorf("error %v", err)
	}
}

func TestPopularityGrowsWithRank(t *testing.T) {
	table, err := trial.ChinaTelecomPopularity()
	if err != nil {
		t.Fatal(err)
	}
	if last := table[len(table)-1]; len(table) != 8 || last != (trial.Popularity{Rank: 5000, Traffic: 0.619}) {
		t.Errorf("table %v", table)
	}
	for i := range table[1:] {
		if table[i+1].Rank <= table[i].Rank || table[i+1].Traffic <= table[i].Traffic {
			t.Errorf("%v after %v", table[i+1], table[i])
		}
	}
}

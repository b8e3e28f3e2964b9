package live

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
)

func TestMistakesAreNamed(t *testing.T) {
	good := Scenario{Tracker: "udp://127.0.0.1:6969", PIDs: 2, PeersPerPID: 2}
	if err := good.withDefaults().check(loopback); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		field string
		spoil func(*Scenario)
	}{
		{"Tracker", func(s *Scenario) { s.Tracker = "" }},
		{"Tracker", func(s *Scenario) { s.Tracker = "ws://127.0.0.1/" }},
		{"Tracker", func(s *Scenario) { s.Tracker = "http:///announce" }},
		{"Tracker", func(s *Scenario) { s.Tracker = "http://me@127.0.0.1/announce" }},
		{"Tracker", func(s *Scenario) { s.Tracker = "HTTP://127.0.0.1/announce" }},
		{"PIDs", func(s *Scenario) { s.PIDs = 0 }},
		{"PIDs", func(s *Scenario) { s.PIDs = 255 }},
		{"PeersPerPID", func(s *Scenario) { s.PeersPerPID = 255 }},
		{"Seeds", func(s *Scenario) { s.Seeds = 4 }},
		{"Seeds", func(s *Scenario) { s.Seeds = -1 }},
		{"FileBytes", func(s *Scenario) { s.FileBytes = -1 }},
		{"PieceBytes", func(s *Scenario) { s.PieceBytes = 8 << 10 }},
		{"PieceBytes", func(s *Scenario) { s.PieceBytes = 100_000 }},
		{"UploadRate", func(s *Scenario) { s.UploadRate = -1 }},
		{"DownloadRate", func(s *Scenario) { s.DownloadRate = -1 }},
		{"Connections", func(s *Scenario) { s.Connections = -1 }},
		{"Arrivals", func(s *Scenario) { s.Arrivals = -1 }},
	} {
		s := good
		c.spoil(&s)
		if err := s.withDefaults().check(loopback); err == nil || !strings.Contains(err.Error(), c.field) {
			t.Errorf("%+v: error is %v, want one about %s", s, err, c.field)
		}
	}
}

func TestSeedsAreSpreadOverThePIDs(t *testing.T) {
	var seeds []netip.Addr
	peers := Scenario{PIDs: 2, PeersPerPID: 3, Seeds: 3}.peers()
	for _, p := range peers {
		if !Prefix(p.PID).Contains(p.Addr) {
			t.Errorf("%v is not in %v", p.Addr, Prefix(p.PID))
		}
		if p.Seed {
			seeds = append(seeds, p.Addr)
		}
	}
	if want := []netip.Addr{Address(1, 1), Address(1, 2), Address(2, 1)}; len(peers) != 6 || !slices.Equal(seeds, want) {
		t.Errorf("%d peers, seeds %v; want 6, %v", len(peers), seeds, want)
	}
}

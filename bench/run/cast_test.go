package run

import (
	"testing"
	"time"

	"github.com/altracker/altracker/bench/netns"
	"github.com/altracker/altracker/bench/sim"
)

// Peers act as the programs that are dealt out to them in namespaces, each with what the
// scenario tells all.
func TestCastDealsAsNamespacesDo(t *testing.T) {
	s := livelyScenario(t)
	w, err := s.World(3)
	if err != nil {
		t.Fatal(err)
	}
	cast(w, netns.Programs())
	all := clientOf(s)
	want := map[netns.Program]sim.Client{
		netns.Transmission: all.Transmission(), netns.Aria2: all.Aria2(), netns.Libtorrent: all.Libtorrent(),
	}
	lab, err := s.Lab(3)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range netns.Deal(netns.Programs(), len(lab.Peers), lab.Seed) {
		if got := w.Peers[i].Client; got == nil || *got != want[p] {
			t.Errorf("peer %d acts as %+v, want %v: %+v", i, got, p, want[p])
		}
	}
}

// A round trip between places takes longer than one within, unless distance is left out.
func TestNearLeavesDistanceOut(t *testing.T) {
	for _, near := range []bool{false, true} {
		sc := &scene{scenario: livelyScenario(t), seed: 1, jobs: 1}
		if err := sc.open(t.Context(), &Config{Near: near}); err != nil {
			t.Fatal(err)
		}
		far := time.Duration(0)
		if rtt := sc.world.Network.RTT; rtt != nil {
			far = rtt(0, len(sc.world.Graph.Nodes)-1)
		}
		if near != (far == 0) {
			t.Errorf("near %v: %v from the first place to the last", near, far)
		}
		sc.leave()
	}
}

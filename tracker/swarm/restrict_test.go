package swarm

import (
	"math"
	"net/netip"
	"slices"
	"testing"
)

// mixed enters a hundred peers of each role and class into each of three PIDs.
func mixedSwarm(t *testing.T) *Store {
	s := newStore(t, Config{Seed: 2, Capacities: true, Stable: true})
	for pid := range 3 {
		for i := range 2 * NumClasses * 100 {
			addr := netip.AddrFrom4([4]byte{10, byte(pid + 1), byte(i >> 8), byte(i)})
			var r Reply
			s.Announce(&Announce{PID: PID(pid + 1), Groups: byPID{}, Walks: Random,
				Peer: Peer{Addr: netip.AddrPortFrom(addr, 6881), Seeder: i%2 == 0}}, &r)
			p := &the(s).v4
			in := p.record(p.findIP(addr))
			in.is = markOf(in.is.place(), Class(i/2%NumClasses))
		}
	}
	return s
}

// the returns the swarm of no hash.
func the(s *Store) *swarm {
	sh, sum := s.shard(InfoHash{})
	return sh.find(&InfoHash{}, sum)
}

func drawn(s *Store, a Announce) []Drawn {
	a.Groups, a.Peer.Addr = byPID{}, netip.MustParseAddrPort("10.9.0.1:1")
	list, _ := s.Try(&a)
	return list
}

func TestStepsKeepToRolesAndClasses(t *testing.T) {
	s := mixedSwarm(t)
	for name, st := range map[string]Step{
		"one PID":      {Spans: only(2)},
		"all PIDs":     {Spans: allPIDs},
		"weighed":      {Spans: []Span{{1, 2, 1}, {2, 4, 3}}},
		"by PID":       {Spans: []Span{{1, 2, 1}, {2, 4, 3}}, ByPID: true},
		"capped":       {Spans: []Span{{1, 2, 9}, {2, 4, 1}}, Cap: 1.2},
		"stable":       {Spans: allPIDs, Stable: true},
		"stable, some": {Spans: []Span{{1, 2, 1}, {2, 4, 3}}, Stable: true},
	} {
		for _, role := range []Role{Leecher, Seeder} {
			st.Target, st.Roles, st.Classes = 1, 1<<role, 1<<Slow|1<<Fast
			got := drawn(s, Announce{Walks: walkOf([]Step{st}, nil), Want: 60})
			if len(got) != 60 {
				t.Errorf("%s: %d peers, want 60", name, len(got))
			}
			for _, d := range got {
				if d.Peer.Seeder != (role == Seeder) || d.Class != Slow && d.Class != Fast || !contains(st.Spans, d.PID) {
					t.Fatalf("%s for role %d: drew %+v", name, role, d)
				}
			}
		}
	}
}

func TestASeederIsToldOfNoSeeder(t *testing.T) {
	s := mixedSwarm(t)
	walks := walkOf([]Step{{Target: 0.5, Spans: allPIDs, Roles: Seeders}, to(1, allPIDs)}, only(3))
	got := drawn(s, Announce{Walks: walks, Want: 40, LeechersOnly: true})
	if len(got) != 40 {
		t.Errorf("%d peers", len(got))
	}
	for _, d := range got {
		if d.Peer.Seeder {
			t.Fatalf("drew %+v", d)
		}
	}
}

func TestWalksHangOnTheClass(t *testing.T) {
	s := mixedSwarm(t)
	var walks Walks
	for class := range walks {
		walks[class] = NewWalk(Plan{Steps: []Step{{Target: 1, Spans: allPIDs, Classes: 1 << class}}})
	}
	for class := range NumClasses {
		a := Announce{Groups: byPID{}, Walks: &walks, Want: 20,
			Peer: Peer{Addr: netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 1, 0, byte(2 * class)}), 1)}}
		list, of := s.Try(&a)
		if int(of) != class || len(list) != 20 {
			t.Errorf("class %d is taken for %d, and told of %d peers", class, of, len(list))
		}
		for _, d := range list {
			if int(d.Class) != class {
				t.Fatalf("class %d: drew %+v", class, d)
			}
		}
	}
}

func TestSparePlacesAreLeft(t *testing.T) {
	s := mixedSwarm(t)
	for _, c := range []struct{ spare, want float64 }{{1, 34}, {5, 30}, {0.25, 34.75}, {50, 0}} {
		walks := walkOf([]Step{{Target: 1, Spare: c.spare, Spans: only(1)}, to(1, []Span{{2, 4, 1}})}, nil)
		home := 0
		const draws = 2000
		for range draws {
			for _, d := range drawn(s, Announce{Walks: walks, Want: 35}) {
				if d.PID == 1 {
					home++
				}
			}
		}
		if mean := float64(home) / draws; math.Abs(mean-c.want) > 0.05 {
			t.Errorf("%v places to spare: %.2f of 35 peers are from home, want %v", c.spare, mean, c.want)
		}
	}
}

func TestAReplyHoldsAtMost(t *testing.T) {
	s := mixedSwarm(t)
	walks := ForAll(NewWalk(Plan{Steps: []Step{to(0.5, only(1)), to(1, allPIDs)}, Most: 120}))
	if got := drawn(s, Announce{Walks: walks, Want: 200}); len(got) != 120 {
		t.Errorf("%d peers, want 120", len(got))
	}
}

// TestOverloadProtection: a PID of a hundredth of the peers that costs next to nothing
// gets 1.5 times its share, no more (selection 8.2 of the P4P library's factor).
func TestOverloadProtection(t *testing.T) {
	s := newStore(t, Config{Seed: 5, Stable: true})
	enter(s, 1, 10)
	enter(s, 2, 490)
	enter(s, 3, 500)
	for name, st := range map[string]Step{
		"weights of peers": {Spans: []Span{{1, 2, 1e6}, {2, 4, 1}}, Cap: 1.5},
		"weights of PIDs":  {Spans: []Span{{1, 2, 100}, {2, 4, 1}}, Cap: 1.5, ByPID: true},
		"stable":           {Spans: []Span{{1, 2, 1e6}, {2, 4, 1}}, Cap: 1.5, Stable: true},
	} {
		st.Target = 1
		cheap := 0
		const asks, want = 8000, 50
		for i := range asks {
			for p := range asked(t, s, walkOf([]Step{st}, nil), i, want) {
				if p.Addr().As4()[1] == 1 {
					cheap++
				}
			}
		}
		if share := float64(cheap) / (asks * want); share > 0.0155 || share < 0.0145 {
			t.Errorf("%s: a hundredth of the peers has %.2f %% of the replies, want 1.5 %%", name, 100*share)
		}
	}
}

// TestThereIsAnOutsider whether or not all borders of the outside are known before the steps.
func TestThereIsAnOutsider(t *testing.T) {
	s := newStore(t, Config{Seed: 3})
	for pid := PID(1); pid <= 12; pid++ {
		enter(s, pid, 20)
	}
	for _, spans := range []int{1, 2, 5} {
		var outside []Span
		for i := range spans {
			outside = append(outside, Span{PID(3 + 2*i), PID(4 + 2*i), 1})
		}
		for _, steps := range [][]Step{{to(1, only(1)), to(1, allPIDs)}, {to(1, []Span{{1, 3, 1}})}, {to(0.1, allPIDs), to(1, only(1))}} {
			walks := walkOf(steps, outside)
			if known := walks[0].outside.known(); known != (spans < 5) {
				t.Errorf("of %d spans the borders are known: %v", spans, known)
			}
			for range 200 {
				if !slices.ContainsFunc(drawn(s, Announce{Walks: walks, Want: 20}), func(d Drawn) bool { return contains(outside, d.PID) }) {
					t.Fatalf("%d spans, %v: no outsider", spans, steps)
				}
			}
		}
	}
}

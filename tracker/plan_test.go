package tracker

import (
	"sync"
	"testing"

	"github.com/altracker/altracker/tracker/swarm"
)

// planOf returns a plan of one home PID and map, with something of its own.
func planOf(home swarm.PID, version uint64) plan {
	c := unguidedPlan(version, unguided).compiled
	c.key = planKey(version, home, home%2 == 0)
	return plan{c, home % 50, home%3 == 0}
}

func find(s shelf, p plan) plan { return s.find(p.key, p.version) }

func TestAShelfKeepsPlans(t *testing.T) {
	s := make(shelf, 256)
	for version := uint64(1); version <= 3; version++ { // plans of older maps make room
		var plans []plan
		for home := swarm.PID(1); home <= 100; home++ {
			p := planOf(home, version)
			if got := find(s, p); got.compiled != nil {
				t.Fatalf("map %d, PID %d: found %+v before it was kept", version, home, got)
			}
			s.keep(p)
			plans = append(plans, p)
		}
		for i, p := range plans {
			if got := find(s, p); got != p {
				t.Errorf("map %d, PID %d: found %+v, want %+v", version, i+1, got, p)
			}
		}
	}
}

// A shelf that is full forgets, but takes no plan for another.
func TestAFullShelfForgets(t *testing.T) {
	s := make(shelf, 16)
	kept := 0
	for home := swarm.PID(1); home <= 100; home++ {
		s.keep(planOf(home, 1))
	}
	for home := swarm.PID(1); home <= 100; home++ {
		p := planOf(home, 1)
		switch got := find(s, p); {
		case got.compiled == nil:
		case got.key != p.key || got.most != p.most || got.soon != p.soon:
			t.Errorf("PID %d: found %+v, want %+v", home, got, p)
		default:
			kept++
		}
	}
	if kept != len(s) {
		t.Errorf("%d slots keep %d plans", len(s), kept)
	}
}

// The halves of two plans that are kept at once may come apart.
func TestAShelfFindsNoPlanInHalves(t *testing.T) {
	s := make(shelf, 16)
	p, q := planOf(1, 1), planOf(2, 1)
	s.keep(p)
	for i := range s {
		if s[i].compiled.Load() != nil {
			s[i].compiled.Store(q.compiled)
		}
	}
	if got := find(s, p); got.compiled != nil {
		t.Errorf("found %+v under the label of another", got)
	}
}

func TestAShelfIsSharedByAnnounces(t *testing.T) {
	s := make(shelf, 16)
	var group sync.WaitGroup
	for version := range uint64(2) {
		for range 2 {
			group.Go(func() {
				for i := range 20_000 {
					p := planOf(swarm.PID(1+i%23), version)
					if got := find(s, p); got.compiled == nil {
						s.keep(p)
					} else if got.key != p.key || got.version != p.version || got.most != p.most || got.soon != p.soon {
						t.Errorf("found %+v, want %+v", got, p)
						return
					}
				}
			})
		}
	}
	group.Wait()
}

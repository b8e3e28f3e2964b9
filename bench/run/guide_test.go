package run

import (
	"context"
	"testing"

	"github.com/altracker/altracker/bench/scenario"
	"github.com/altracker/altracker/selector"
)

func worldOf(t *testing.T, s *scenario.Scenario) *scenario.World {
	t.Helper()
	w, err := s.World(1)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// TestEachISPGuidesItsOwn: what a peer's own ISP says is what it is judged by, and its
// internal PIDs are the ISP's, whatever number of servers there is.
func TestEachISPGuidesItsOwn(t *testing.T) {
	for name, more := range map[string]string{
		"every city an ISP":       "",
		"one ISP and its outside": "map: {costs: delay}\n",
	} {
		t.Run(name, func(t *testing.T) {
			s := smallScenario(t, more)
			if more != "" {
				s.Topology.ISPs = "one"
				s.Topology.Outside = scenario.Outside{ISPs: 3}
			}
			w := worldOf(t, s)
			g, err := fetch(t.Context(), w.Servers)
			if err != nil {
				t.Fatal(err)
			}
			defer g.close()
			m := g.current()
			size := map[int]int{}
			for _, n := range w.Graph.Nodes {
				size[n.ISP]++
			}
			for _, p := range w.Peers {
				view, ok := selector.Look(m, selector.Requester{PID: m.PID(p.Addr.Addr())})
				if !ok || !view.HasISP || view.Source == "" {
					t.Fatalf("%v is not guided by its ISP: %+v", p.Addr, view)
				}
				internal := 0
				for _, run := range view.Runs {
					if run.Internal {
						internal += int(run.Hi - run.Lo)
					}
				}
				if want := size[w.Graph.Nodes[p.Place].ISP]; internal != want {
					t.Errorf("%v has %d internal PIDs, want %d", p.Addr, internal, want)
				}
				if name := view.Name(view.Home); name != w.PIDs[p.Place] {
					t.Errorf("%v is in %q, want %q", p.Addr, name, w.PIDs[p.Place])
				}
				if len(view.Labels("isp")) == 0 {
					t.Errorf("%v: its map does not tell ISPs", p.Addr)
				}
			}
		})
	}
}

func TestBrokenMapsAreNamed(t *testing.T) {
	w := worldOf(t, smallScenario(t, ""))
	w.Servers[1].CostMap = []byte(`{"meta":{}}`)
	if g, err := fetch(t.Context(), w.Servers); err == nil {
		g.close()
		t.Error("a cost map without a type is served")
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if g, err := fetch(ctx, worldOf(t, smallScenario(t, "")).Servers); err == nil {
		g.close()
		t.Error("maps were fetched though nobody waits")
	}
}

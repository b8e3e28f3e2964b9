package run

import (
	"fmt"

	"github.com/altracker/altracker/bench/netns"
	"github.com/altracker/altracker/bench/scenario"
	"github.com/altracker/altracker/bench/sim"
)

// cast has the peers of a world act as programs do that are dealt out to them as they are in
// network namespaces.
func cast(w *scenario.World, programs []netns.Program) {
	client := clientOf(w.Scenario)
	acts := map[netns.Program]*sim.Client{}
	for i, p := range netns.Deal(programs, len(w.Peers), w.Seed) {
		if acts[p] == nil {
			own := acted(p, client)
			acts[p] = &own
		}
		w.Peers[i].Client = acts[p]
	}
}

func acted(p netns.Program, c sim.Client) sim.Client {
	switch p {
	case netns.Transmission:
		return c.Transmission()
	case netns.Aria2:
		return c.Aria2()
	case netns.Libtorrent:
		return c.Libtorrent()
	}
	panic(fmt.Sprintf("run: nobody knows how %v acts", p))
}

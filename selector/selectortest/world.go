package selectortest

import (
	"fmt"
	"iter"
	"net/netip"

	"github.com/altracker/altracker/selector"
)

// World is a [selector.Map] written out by hand: one cost matrix, and which PIDs
// are the ISP's own. PID i stands at index i-1. Its addresses are 10.0.<PID>.0/24.
type World struct {
	Costs    [][]float32         // Costs[a-1][b-1] is from PID a to PID b; NaN where undefined
	Internal []bool              // nil: the map does not say
	Tags     map[string][]string // by property, the text of each PID; nil: none is known
	Ranks    bool                // the costs are ordinal
}

// Square returns a World of n PIDs, every cost given by cost.
func Square(n int, cost func(from, to int) float32) World {
	w := World{Costs: make([][]float32, n)}
	for a := range w.Costs {
		for b := range n {
			w.Costs[a] = append(w.Costs[a], cost(a+1, b+1))
		}
	}
	return w
}

// Epoch implements [selector.Map].
func (World) Epoch() uint64 { return 1 }

// Version implements [selector.Map].
func (World) Version() uint64 { return 1 }

// PID implements [selector.Map].
func (w World) PID(a netip.Addr) selector.PID {
	if !a.Is4() {
		return 0
	}
	b := a.As4()
	if b[0] != 10 || b[1] != 0 || int(b[2]) > len(w.Costs) {
		return 0
	}
	return selector.PID(b[2])
}

// Name implements [selector.Map].
func (w World) Name(pid selector.PID) (source, name string) {
	if pid == 0 || int(pid) > len(w.Costs) {
		return "", ""
	}
	return "world", fmt.Sprintf("pid-%d", pid)
}

// NameFor implements [selector.Map].
func (w World) NameFor(_, pid selector.PID) string {
	_, name := w.Name(pid)
	return name
}

// Labels implements [selector.Map], with a run for each PID.
func (w World) Labels(_ selector.PID, property string) (ends []selector.PID, texts []string) {
	for i, text := range w.Tags[property] {
		ends, texts = append(ends, selector.PID(i+2)), append(texts, text)
	}
	return ends, texts
}

// Row implements [selector.Map], with a run for each PID.
func (w World) Row(home selector.PID, outward bool) (ends []selector.PID, costs []float32, internal []bool) {
	if home == 0 || int(home) > len(w.Costs) {
		return nil, nil, nil
	}
	for i := range w.Costs {
		ends = append(ends, selector.PID(i+2))
		if outward {
			costs = append(costs, w.Costs[home-1][i])
		} else {
			costs = append(costs, w.Costs[i][home-1])
		}
	}
	return ends, costs, w.Internal
}

// Homes implements [selector.Map]: no PID of a World is cut.
func (World) Homes(home selector.PID) iter.Seq2[selector.PID, selector.PID] {
	return func(yield func(selector.PID, selector.PID) bool) { yield(home, home+1) }
}

// Ordinal implements [selector.Map].
func (w World) Ordinal(selector.PID) bool { return w.Ranks }

package run

import (
	"math"
	"time"

	"github.com/altracker/altracker/bench/live"
	"github.com/altracker/altracker/bench/sim"
)

// translate says what clients did as the simulator says it. How long pieces were missing
// in a PID is not known. introduced is how often each peer was named; nil: not known.
func (r *liveRun) translate(l *live.Result, introduced []int) *sim.Result {
	w := r.world
	result := &sim.Result{
		Bytes: floats(l.Bytes), Peers: make([]sim.Outcome, len(l.Clients)), LinkBytes: make([]float64, len(w.Network.Capacity)),
		LinkBins: make([][]float32, len(w.Network.Capacity)), Bin: binOf(w), End: l.Elapsed,
	}
	for i, c := range l.Clients {
		o := &result.Peers[i]
		*o = sim.Outcome{
			Arrived: c.Joined, First: never(c.First), Completed: never(c.Completed), Left: sim.Never,
			Sent: float64(c.Sent), Received: float64(c.Received),
		}
		if introduced != nil {
			o.Introduced = introduced[i]
		}
		if c.Seed {
			o.Completed = 0
			result.SeedBytes += o.Sent
		} else if c.Joined == 0 {
			o.Arrived = sim.Never
		}
	}
	if len(w.ISPs) <= mostTransit {
		result.Groups = len(w.ISPs)
	}
	for _, bin := range l.Bins {
		r.addBin(result, bin)
	}
	if l.Overlay.At > 0 {
		result.Overlay.At = l.Overlay.At
		for _, i := range l.Overlay.Present {
			result.Overlay.Present = append(result.Overlay.Present, int32(i))
		}
		for _, e := range l.Overlay.Edges {
			result.Overlay.Edges = append(result.Overlay.Edges, [2]int32{int32(e[0]), int32(e[1])})
		}
	}
	return result
}

// addBin lays what PIDs sent to PIDs in a bin on the links between them.
func (r *liveRun) addBin(result *sim.Result, bytes [][]int64) {
	w := r.world
	at := len(result.Transit)
	result.Transit = append(result.Transit, make([]float32, result.Groups*result.Groups))
	for l, capacity := range w.Network.Capacity {
		if !math.IsInf(capacity, 1) {
			result.LinkBins[l] = append(result.LinkBins[l], 0)
		}
	}
	for from, row := range bytes {
		for to, n := range row {
			if result.Groups > 0 {
				a, b := w.Graph.Nodes[from].ISP, w.Graph.Nodes[to].ISP
				result.Transit[at][a*result.Groups+b] += float32(n)
			}
			for _, l := range w.Routes.Path(from, to) {
				result.LinkBytes[l] += float64(n)
				if result.LinkBins[l] != nil {
					result.LinkBins[l][at] += float32(n)
				}
			}
		}
	}
}

func floats(m [][]int64) [][]float64 {
	all := make([][]float64, len(m))
	for a, row := range m {
		all[a] = make([]float64, len(row))
		for b, n := range row {
			all[a][b] = float64(n)
		}
	}
	return all
}

// never is the time of something; 0 is that it did not happen.
func never(d time.Duration) time.Duration {
	if d == 0 {
		return sim.Never
	}
	return d
}

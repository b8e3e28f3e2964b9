package sim_test

import (
	"fmt"
	"testing"

	"github.com/altracker/altracker/bench/sim"
)

// BenchmarkRun is a flash crowd of 256 MiB in pieces of 512 KiB, on 1 Mbit/s of upload,
// in 20 places.
func BenchmarkRun(b *testing.B) {
	for _, peers := range []int{200, 1000, 2000, 10000} {
		b.Run(fmt.Sprint(peers), func(b *testing.B) {
			b.ReportAllocs()
			var events, allocations int
			for b.Loop() {
				r := run(b, sim.Config{
					Tracker: realTracker(b, 1), Network: flat, Peers: crowd(peers-1, 20, 128*kib),
					Pieces: 512, PieceBytes: 512 * kib, Seed: 1,
				})
				events, allocations = r.Events, r.Allocations
				if r.Peers[peers-1].Completed == sim.Never {
					b.Fatal("a peer did not complete")
				}
				b.Logf("end %v, transfers %d", r.End, events)
			}
			s := b.Elapsed().Seconds() / float64(b.N)
			b.ReportMetric(1e3*s/float64(peers), "ms/peer")
			b.ReportMetric(1e9*s/float64(events), "ns/event")
			b.ReportMetric(float64(allocations), "allocations")
		})
	}
}

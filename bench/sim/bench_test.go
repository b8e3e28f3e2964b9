//go:build unix

package sim_test

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/altracker/altracker/bench/sim"
)

// BenchmarkRun is a flash crowd of 256 MiB in pieces of 512 KiB, on 1 Mbit/s of upload,
// in 20 places. Where the links between places are narrow, rates cannot be worked out
// piecemeal.
func BenchmarkRun(b *testing.B) {
	for _, peers := range []int{200, 1000, 2000, 10000} {
		b.Run(fmt.Sprint(peers), func(b *testing.B) { benchmarkRun(b, peers, flat) })
	}
	b.Run("2000/narrow", func(b *testing.B) { benchmarkRun(b, 2000, star(20, 5*mib)) })
}

// star is a network in which each place has one link to and one from all others.
func star(places int, capacity float64) sim.Network {
	n := sim.Network{RTT: flat.RTT, Path: func(from, to int) []int32 {
		if from == to {
			return nil
		}
		return []int32{int32(from), int32(places + to)}
	}}
	for range 2 * places {
		n.Capacity = append(n.Capacity, capacity)
	}
	return n
}

func benchmarkRun(b *testing.B, peers int, network sim.Network) {
	b.ReportAllocs()
	var events, virtual float64
	before := processorTime(b)
	for b.Loop() {
		crowd := crowd(peers-1, 20, 128*kib)
		crowd[0].Up *= 4
		r := run(b, sim.Config{
			Tracker: realTracker(b, 1), Network: network, Peers: crowd,
			Pieces: 512, PieceBytes: 512 * kib, Seed: 1,
		})
		events, virtual = float64(r.Events), r.End.Seconds()
		for _, p := range r.Peers {
			if p.Completed == sim.Never {
				b.Fatal("a peer did not complete")
			}
		}
	}
	s := (processorTime(b) - before).Seconds() / float64(b.N)
	b.ReportMetric(s, "cpu-s")
	b.ReportMetric(1e3*s/float64(peers), "cpu-ms/peer")
	b.ReportMetric(1e6*s/events, "cpu-us/event")
	b.ReportMetric(virtual/s, "virtual-s/cpu-s")
}

func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

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

// BenchmarkOracle shows the front between locality and speed that the oracle can reach:
// eta is 0 by chance and 1 at the physical limit; times are multiples of random's.
func BenchmarkOracle(b *testing.B) {
	const leechers, runs = 300, 5
	measure := func(places int, track func(peers []sim.Peer, seed uint64) sim.Tracker) (share, mean, end float64) {
		for seed := range uint64(runs) {
			peers := crowd(leechers, places, 128*kib)
			peers[0].Up *= 4
			r := run(b, sim.Config{Tracker: track(peers, seed+1), Peers: peers, Pieces: 256, PieceBytes: 256 * kib, Seed: seed, Network: flat})
			share, mean, end = share+intraShare(r)/runs, mean+meanDownload(r, 0, 0)/runs, end+last(b, r)/runs
		}
		return share, mean, end
	}
	for _, places := range []int{6, 30, 100} {
		_, mean, end := measure(places, func(_ []sim.Peer, seed uint64) sim.Tracker { return realTracker(b, seed) })
		chance, most := (leechers/float64(places)-1)/leechers, 1-float64(places-1)/leechers
		for _, external := range []float64{0, 3, 6, 12, 20, 60} {
			b.Run(fmt.Sprintf("%d-a-place/%v-external", leechers/places, external), func(b *testing.B) {
				var s, m, e float64
				for b.Loop() {
					s, m, e = measure(places, func(peers []sim.Peer, seed uint64) sim.Tracker {
						return sim.Oracle(sim.OracleConfig{Peers: peers, External: external, Seed: seed})
					})
				}
				b.ReportMetric((s-chance)/(most-chance), "eta")
				b.ReportMetric(m/mean, "mean/random")
				b.ReportMetric(e/end, "last/random")
			})
		}
	}
}

// BenchmarkAccessRTT shows how local a swarm is on its own: the share of bytes that stay
// at home under random, in 10 places 60 ms apart, by the round trip of the access lines.
func BenchmarkAccessRTT(b *testing.B) {
	for _, access := range []time.Duration{20 * time.Millisecond, 100 * time.Millisecond, 300 * time.Millisecond, time.Second, 10 * time.Second} {
		b.Run(access.String(), func(b *testing.B) {
			var shares []float64
			for b.Loop() {
				shares = shares[:0]
				for seed := range uint64(6) {
					c := sim.Config{Tracker: realTracker(b, seed+1), Peers: crowd(200, 10, 128*kib), Network: flat, Pieces: 128, PieceBytes: 256 * kib, Seed: seed}
					c.Client.AccessRTT = access
					shares = append(shares, intraShare(run(b, c)))
				}
			}
			mean, deviation := moments(shares)
			b.ReportMetric(mean, "home-share")
			b.ReportMetric(deviation, "deviation")
		})
	}
}

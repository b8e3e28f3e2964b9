package sim_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/altracker/altracker/bench/sim"
)

// limit is the least time in which all leechers can have the file (Kumar and Ross 2006).
func limit(c sim.Config) float64 {
	file := float64(c.Pieces) * float64(c.PieceBytes)
	seeds, all, leechers, slowest := 0.0, 0.0, 0.0, math.Inf(1)
	for _, p := range c.Peers {
		all += p.Up
		if p.Seed {
			seeds += p.Up
		} else {
			leechers++
			slowest = min(slowest, p.Down)
		}
	}
	return max(file/seeds, file/slowest, leechers*file/all)
}

// last returns when the last leecher was complete.
func last(t testing.TB, r *sim.Result) float64 {
	t.Helper()
	end := time.Duration(0)
	for i, p := range r.Peers {
		if p.Completed == sim.Never {
			t.Fatalf("peer %d has not completed", i)
		}
		end = max(end, p.Completed)
	}
	return end.Seconds()
}

// TestFlashCrowdInFullMeshIsNearThePhysicalLimit: with M pieces and L leechers no
// schedule is faster than 1 + log2(L)/M times the limit (Mundinger, Weber, Weiss). A
// seed that is no faster than a leecher has nothing to spare for what it sends twice,
// so that one is further off.
func TestFlashCrowdInFullMeshIsNearThePhysicalLimit(t *testing.T) {
	check := func(leechers, pieces int, seed, least, most float64) {
		t.Run(fmt.Sprint(leechers, pieces, seed), func(t *testing.T) {
			c := sim.Config{
				Tracker: realTracker(t, 1), Peers: crowd(leechers, 1, 128*kib), Pieces: pieces, PieceBytes: 256 * kib, Seed: 1,
				Client: sim.Client{Connect: 250, Accept: 250, NumWant: 200},
			}
			c.Peers[0].Up *= seed
			ratio := last(t, run(t, c)) / limit(c)
			schedule := 1 + math.Log2(float64(leechers))/float64(pieces)
			t.Logf("%.3f times the limit; no schedule does with less than %.3f", ratio, schedule)
			if ratio < 1 || ratio < least*schedule || ratio > most*schedule {
				t.Errorf("%.3f times the limit, want %.2f to %.2f times %.3f", ratio, least, most, schedule)
			}
		})
	}
	check(16, 256, 2, 0.99, 1.05)
	check(63, 256, 2, 0.99, 1.08)
	check(63, 1024, 2, 0.99, 1.03)
	check(199, 256, 4, 0.99, 1.08)
	check(63, 256, 1, 0.99, 1.26)
}

// TestFinerStepsChangeNothing: the step is a means, and leaves no trace in what matters.
func TestFinerStepsChangeNothing(t *testing.T) {
	c := sim.Config{Peers: crowd(100, 5, 128*kib), Network: flat, Pieces: 256, PieceBytes: 256 * kib}
	c.Peers[0].Up *= 2
	at := func(step time.Duration) (end, intra, sampling float64) {
		var ends, intras []float64
		for seed := range uint64(6) {
			c.Tracker, c.Step, c.Seed = realTracker(t, seed+1), step, seed
			r := run(t, c)
			ends, intras = append(ends, last(t, r)), append(intras, intraShare(r))
		}
		end, _ = moments(ends)
		intra, sampling = moments(intras)
		return end, intra, sampling / math.Sqrt(6)
	}
	end, intra, sampling := at(0)
	for _, step := range []time.Duration{50 * time.Millisecond, 500 * time.Millisecond} {
		if e, i, s := at(step); math.Abs(e/end-1) > 0.01 || math.Abs(i-intra) > 3*(s+sampling) {
			t.Errorf("with steps of %v it took %.1f s, %.3f ± %.3f at home; usually %.1f s, %.3f ± %.3f", step, e, i, s, end, intra, sampling)
		}
	}
}

// TestNearPeersAreFavouredALittle: of two peers that send alike, tit for tat prefers the one
// that the shorter round trip gives the larger share, so that a swarm is a little
// local on its own (Eger, Hossfeld, Binzenhoefer, Kunzmann 2007).
func TestNearPeersAreFavouredALittle(t *testing.T) {
	share := func(access time.Duration) (mean float64) {
		for seed := range uint64(6) {
			c := sim.Config{Tracker: realTracker(t, seed+1), Peers: crowd(200, 10, 128*kib), Network: flat, Pieces: 128, PieceBytes: 256 * kib, Seed: seed}
			c.Client.AccessRTT = access
			mean += intraShare(run(t, c)) / 6
		}
		return mean
	}
	deep, usual, shallow := share(10*time.Second), share(0), share(20*time.Millisecond)
	if deep < 0.09 || deep > 0.105 || usual < 1.03*deep || usual > 1.5*deep || shallow < 1.5*usual {
		t.Errorf("%.3f at home behind deep queues, %.3f usually, %.3f behind shallow ones; by chance 0.095", deep, usual, shallow)
	}
}

// TestRandomPeersAreAtHomeAsOftenAsChanceHasIt: without distances, the share of bytes
// that stays in its place is that of the pairs of a leecher and another peer that do.
func TestRandomPeersAreAtHomeAsOftenAsChanceHasIt(t *testing.T) {
	place := func(i int) int { // 1/2, 1/4, 1/8 ... of the peers
		p := 0
		for ; i%2 == 1 && p < 5; i /= 2 {
			p++
		}
		return p
	}
	const leechers, runs = 160, 12
	peers := []sim.Peer{{Addr: address(0, 0), Up: 256 * kib, Down: 1 * mib, Seed: true, SeedFor: -1}}
	sizes, seedHome := map[int]float64{0: 1}, map[int]float64{0: 1}
	for i := range leechers {
		p := place(i)
		sizes[p]++
		peers = append(peers, sim.Peer{Addr: address(p, i+1), Place: p, Up: 128 * kib, Down: 1 * mib, SeedFor: -1})
	}
	want := 0.0
	for p, n := range sizes {
		want += (n - seedHome[p]) * (n - 1) / (leechers * leechers)
	}
	var shares []float64
	for seed := range uint64(runs) {
		r := run(t, sim.Config{Tracker: realTracker(t, seed+1), Peers: peers, Pieces: 128, PieceBytes: 128 * kib, Seed: seed})
		shares = append(shares, intraShare(r))
	}
	mean, deviation := moments(shares)
	sampling := deviation / math.Sqrt(runs)
	t.Logf("share is %.4f ± %.4f, by the formula %.4f", mean, sampling, want)
	if sampling > 0.01 || math.Abs(mean-want) > 3*sampling {
		t.Errorf("share is %.4f ± %.4f, want %.4f", mean, sampling, want)
	}
}

func intraShare(r *sim.Result) float64 {
	intra, all := 0.0, 0.0
	for a, row := range r.Bytes {
		for b, n := range row {
			all += n
			if a == b {
				intra += n
			}
		}
	}
	return intra / all
}

func moments(values []float64) (mean, deviation float64) {
	n := float64(len(values))
	for _, v := range values {
		mean += v / n
	}
	for _, v := range values {
		deviation += (v - mean) * (v - mean) / (n - 1)
	}
	return mean, math.Sqrt(deviation)
}

// TestSteadyStateIsThatOfQiuAndSrikant: Poisson arrivals, seeds that stay for a mean
// time. Leechers stay for T = max(1/c, 1/mu - 1/gamma) where sharing is perfect (Qiu,
// Srikant, SIGCOMM 2004). The seed that keeps the file in the swarm is slow enough to be left out.
func TestSteadyStateIsThatOfQiuAndSrikant(t *testing.T) {
	const (
		pieces, pieceBytes = 256, 256 * kib
		up                 = 256 * kib // the file in 256 s
		gap                = 3 * time.Second
		from, until        = 20 * time.Minute, 120 * time.Minute
	)
	check := func(name string, down float64, stay, patience time.Duration) {
		t.Run(name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(7, 7))
			c := sim.Config{Tracker: realTracker(t, 1), Pieces: pieces, PieceBytes: pieceBytes, Seed: 1, Until: until,
				Interval: 2 * time.Minute, Client: sim.Client{ReaskAfter: time.Minute}}
			c.Peers = append(c.Peers, sim.Peer{Addr: address(0, 0), Up: up / 8, Down: up, Seed: true, SeedFor: -1})
			for n := range int(stay / gap) { // as many as there will be
				c.Peers = append(c.Peers, sim.Peer{Addr: address(1, n), Up: up, Down: down, Seed: true, SeedFor: exponential(rng, stay)})
			}
			for at, n := exponential(rng, gap), 1; at < until; at, n = at+exponential(rng, gap), n+1 {
				p := sim.Peer{Addr: address(2, n), Up: up, Down: down, Arrive: at, SeedFor: exponential(rng, stay)}
				if patience > 0 {
					p.Abort = exponential(rng, patience)
				}
				c.Peers = append(c.Peers, p)
			}
			file := float64(pieces * pieceBytes)
			want := timeAsLeecher(file/up, file/down, stay.Seconds(), patience.Seconds())
			got := meanDownload(run(t, c), from, until-10*time.Minute)
			t.Logf("leechers stay for %.1f s, by the formula %.1f", got, want)
			if math.Abs(got/want-1) > 0.1 {
				t.Errorf("leechers stay for %.1f s, want %.1f", got, want)
			}
		})
	}
	check("upload is short", 8*up, 100*time.Second, 0)
	check("upload is short, some give up", 8*up, 100*time.Second, 500*time.Second)
	check("download is short", 1.5*up, 300*time.Second, 0)
}

// meanDownload returns the mean time that those who arrived within a window leeched.
func meanDownload(r *sim.Result, from, until time.Duration) float64 {
	sum, n := 0.0, 0.0
	for i, p := range r.Peers {
		if i == 0 || p.Arrived < from || p.Arrived > until {
			continue
		}
		end := p.Completed
		if end == sim.Never {
			end = p.Left
		}
		if end == sim.Never {
			end = r.End
		}
		sum, n = sum+(end-p.Arrived).Seconds(), n+1
	}
	return sum / n
}

// timeAsLeecher is how long leechers stay in the steady state. Where some give up it is
// not 1/(theta+beta): that formula is for files of exponential sizes, in which what was
// done for those who gave up is not lost. For files of one size, a download that
// takes d is finished by a share exp(-theta*d), and d follows from what leechers and
// seeds upload: 1/d = mu*(1 + seeds/leechers).
func timeAsLeecher(up, down, stay, patience float64) float64 {
	if patience == 0 {
		return max(down, up-stay)
	}
	d := up
	for range 100 {
		finish := math.Exp(-d / patience)
		next := max(down, up/(1+finish*stay/(patience*(1-finish))))
		d = (d + next) / 2
	}
	return patience * (1 - math.Exp(-d/patience))
}

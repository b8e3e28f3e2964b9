package netns

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net/netip"
	"os"
	"slices"
	"time"

	"github.com/altracker/altracker/bench/live"
)

// sample takes what is due.
func (r *run) sample(ctx context.Context, now time.Duration) error {
	s := r.scenario
	if s.SampleAt > 0 && now >= s.SampleAt && r.overlay.At == 0 {
		r.connections(now)
	}
	if s.Bin > 0 && now >= s.Bin*time.Duration(len(r.bins)+1) {
		wire, err := r.lab.hub.count(ctx)
		if err != nil {
			return err
		}
		r.bins = append(r.bins, r.matrix(wire))
	}
	return nil
}

// connections is who is connected with whom, as clients have told when they were last
// asked. Each one that joined is; a seed is by what others say.
func (r *run) connections(now time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.overlay = live.Overlay{At: now}
	for i, f := range r.fates {
		if !r.seats[i].Seed && f.joined == 0 {
			continue
		}
		r.overlay.Present = append(r.overlay.Present, i)
		for _, at := range f.Peers {
			other := slices.IndexFunc(r.seats, func(s *seat) bool { return s.Addr == at })
			edge := [2]int{min(i, other), max(i, other)}
			if other >= 0 && !slices.Contains(r.overlay.Edges, edge) {
				r.overlay.Edges = append(r.overlay.Edges, edge)
			}
		}
	}
}

// matrix is what PIDs have sent to PIDs.
func (r *run) matrix(wire counts) [][]int64 {
	m := make([][]int64, r.scenario.PIDs)
	for a := range m {
		m[a] = make([]int64, r.scenario.PIDs)
	}
	for pair, n := range wire {
		from, to := r.pids[pair[0]], r.pids[pair[1]]
		if from > 0 && to > 0 {
			m[from-1][to-1] += n
		}
	}
	return m
}

// result asks all clients once more, and checks their files.
func (r *run) result(ctx context.Context) (*Result, error) {
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	wire, err := r.lab.hub.count(ctx)
	if err != nil {
		return nil, err
	}
	for i, f := range r.fates {
		if f.joined > 0 || r.seats[i].Seed {
			if _, err := r.look(ctx, i); err != nil {
				return nil, err
			}
		}
	}
	bytes := r.matrix(wire)
	result := &Result{Result: live.Result{
		FileBytes: r.scenario.FileBytes, Elapsed: r.end, Overlay: r.overlay, Bytes: bytes, Bins: live.Binned(append(r.bins, r.matrix(wire))),
	}}
	want := sha256.Sum256(r.content)
	for i, s := range r.seats {
		f := r.fates[i]
		result.Clients = append(result.Clients, live.Outcome{
			Addr: s.Addr, PID: s.PID, Seed: s.Seed, Verified: f.Complete && r.right(ctx, s, want),
			Joined: f.joined, Completed: f.completed, First: f.first, Sent: f.Sent, Received: f.Received,
		})
		result.Programs = append(result.Programs, s.program)
		result.Counted = append(result.Counted, trafficOf(wire, s.Addr))
	}
	return result, nil
}

// flushing is how long a program may take to write what it has verified.
const flushing = 5 * time.Second

// right tells whether a client's file is the content, or is so soon.
func (r *run) right(ctx context.Context, s *seat, want [sha256.Size]byte) bool {
	ctx, stop := context.WithTimeout(ctx, flushing)
	defer stop()
	return until(ctx, func() error {
		got, err := sumOf(s.file())
		if err == nil && got != want {
			err = fmt.Errorf("%s has other bytes", s.name)
		}
		return err
	}) == nil
}

func sumOf(file string) (sum [sha256.Size]byte, err error) {
	f, err := os.Open(file)
	if err != nil {
		return sum, err
	}
	defer f.Close()
	h := sha256.New()
	_, err = io.Copy(h, f)
	return [sha256.Size]byte(h.Sum(nil)), err
}

func trafficOf(wire counts, at netip.Addr) (t Traffic) {
	for pair, n := range wire {
		if pair[0] == at {
			t.Sent += n
		}
		if pair[1] == at {
			t.Received += n
		}
	}
	return t
}

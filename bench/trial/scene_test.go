package trial_test

import (
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/altracker/altracker/altoclient"
	"github.com/altracker/altracker/bench/trial"
	"github.com/altracker/altracker/selector"
	"github.com/altracker/altracker/selector/selectortest"
)

// scene is a trial's map with a swarm in it.
type scene struct {
	trial.Trial
	snapshot *altoclient.Snapshot
	atlas    *altoclient.Atlas
	numbers  []selector.PID // of the trial's PIDs in the atlas
	crowd    selectortest.Crowd
}

func load(t testing.TB, name string) scene {
	t.Helper()
	scenery := func() (scene, error) { return build(name) }
	if name == "comcast-fine" {
		scenery = fine
	}
	s, err := scenery()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// fine is built once: its cost map has 1.4 million entries.
var fine = sync.OnceValues(func() (scene, error) { return build("comcast-fine") })

func build(name string) (s scene, err error) {
	if s.Trial, err = trial.Load(name); err != nil {
		return s, err
	}
	if s.snapshot, err = s.Snapshot(); err != nil {
		return s, err
	}
	s.atlas = s.Atlas(s.snapshot)
	for _, p := range s.PIDs {
		s.numbers = append(s.numbers, s.atlas.PID(p.Addresses.Addr().Next()))
	}
	return s, nil
}

// with puts so many peers into each of the trial's PIDs.
func (s scene) with(counts []int) scene {
	s.crowd = make(selectortest.Crowd, s.atlas.PIDs()+1)
	for i, n := range counts {
		s.crowd[s.numbers[i]] += n
	}
	return s
}

// of puts a swarm of about so many peers into the map, exactly by the trial's shares.
func (s scene) of(peers float64) scene {
	counts := make([]int, len(s.PIDs))
	for i, p := range s.PIDs {
		counts[i] = int(p.Share*peers + 0.5)
	}
	return s.with(counts)
}

func (s scene) index(t testing.TB, pid string) int {
	t.Helper()
	i := slices.IndexFunc(s.PIDs, func(p trial.PID) bool { return p.Name == pid })
	if i < 0 {
		t.Fatalf("trial %s has no PID %s", s.Name, pid)
	}
	return i
}

// list is what a policy says to a requester of a PID; to one that nobody guides, what
// the tracker says then.
func (s scene) list(t testing.TB, policy string, options map[string]float64, pid string) selector.List {
	t.Helper()
	p, err := selector.New(policy, options)
	if err != nil {
		t.Fatal(err)
	}
	v, ok := selector.Look(s.atlas, selector.Requester{PID: s.numbers[s.index(t, pid)]})
	if !ok {
		return selector.Random{}.List(v)
	}
	return p.List(v)
}

// reply returns which part of the replies to a requester of pid is of each of the
// trial's PIDs, over some walks, by the name of the PID.
func (s scene) reply(t testing.TB, policy string, options map[string]float64, pid string, want, walks int) map[string]float64 {
	t.Helper()
	shares := selectortest.Shares(s.list(t, policy, options, pid), s.crowd, want, walks, rand.New(rand.NewPCG(3, 3)))
	sum := 0.0
	for _, n := range shares {
		sum += n
	}
	parts := make(map[string]float64, len(s.PIDs))
	for i, p := range s.PIDs {
		parts[p.Name] = shares[s.numbers[i]] / sum
	}
	return parts
}

// inside is the part of a reply that is from the operator's own network, all but rest.
func inside(reply map[string]float64) float64 { return 1 - reply["rest"] }

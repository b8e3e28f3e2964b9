package tracker

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/altracker/altracker/selector"
	"github.com/altracker/altracker/tracker/swarm"
)

// Question asks how an announce would be answered.
type Question struct {
	InfoHash swarm.InfoHash
	IP       netip.Addr      // of the requester, unmapped
	Seeder   bool            // the requester seeds
	NumWant  int             // negative asks for the default
	Policy   selector.Policy // nil means the one in force
}

// Explanation is how an announce would be answered, and why. Draws are random: the
// next announce gets other peers, in the same shares.
type Explanation struct {
	Source  string // of the requester's guidance; empty if there is none
	PID     string // of the requester, in that source's words; empty if it is in none
	NumWant int

	// Guidance says how much of a map there was to go by: guided, flat,
	// incomplete, no_map, no_pid or no_source. See Stats.
	Guidance string

	// Class is the upload class that the requester is taken to be of.
	Class selector.Class

	Steps []ExplainedStep
	Peers []ExplainedPeer
}

// ExplainedStep is a step of the list, and how many peers it drew.
type ExplainedStep struct {
	Name   string
	Target float64 // cumulative share of the reply
	Taken  int
}

// ExplainedPeer is a peer of the reply.
type ExplainedPeer struct {
	swarm.Peer
	PID  string
	Cost float32 // between it and the requester; NaN if none is stated
	Step string  // that drew it

	Class selector.Class // of its upload
}

// The steps that a draw adds on its own, in people's words.
var ownSteps = []struct {
	step int
	name string
}{
	{swarm.StepAll, "whole swarm"},
	{swarm.StepOutsider, "one outsider"},
	{swarm.StepSeeder, "one seeder"},
}

// Explain draws a reply and tells where each peer came from. It changes nothing.
func (t *Tracker) Explain(q Question) Explanation {
	req := AnnounceRequest{InfoHash: q.InfoHash, Addr: netip.AddrPortFrom(q.IP, 1), NumWant: q.NumWant}
	if !q.Seeder {
		req.Left = 1
	}
	m, p := t.config.Map(), random
	a, reason := t.prepare(&req, m, t.council.on(q.InfoHash))
	if a.PID != 0 {
		p = compile(t.adviceFor(q, m), m, a.PID, q.Seeder).plan()
	}
	a.Walks, a.Want = p.walks, t.want(&req)
	e := Explanation{NumWant: a.Want, Guidance: reason.quality.counter().guidance()}
	if m != nil {
		e.Source, e.PID = m.Name(a.PID)
	}
	drawn, class := t.config.Store.Try(&a)
	e.Class = selector.Class(class)
	e.tell(drawn, p.lists[class], m, a.PID, q.Seeder)
	return e
}

// adviceFor returns the policy to explain. One that looks at swarms looks at this one
// anew, unless it is too small for that.
func (t *Tracker) adviceFor(q Question, m selector.Map) selector.Policy {
	policy := q.Policy
	if policy == nil {
		policy = t.config.Policy
	}
	adviser, ok := policy.(selector.Adviser)
	if !ok {
		return policy
	}
	counts, populations := t.config.Store.Census(q.InfoHash, m)
	if counts.Seeders+counts.Leechers < t.config.CensusSize {
		return policy
	}
	return adviser.Advise(m, census(t.config.Store, populations))
}

// tell names the peers drawn, and counts them by step.
func (e *Explanation) tell(drawn []swarm.Drawn, l selector.List, m selector.Map, home swarm.PID, seeder bool) {
	costs := costsOf(m, home, seeder)
	taken := map[int]int{}
	for _, d := range drawn {
		taken[d.Step]++
		peer := ExplainedPeer{Peer: d.Peer, Cost: costs.at(d.PID), Step: stepName(l, d.Step), Class: selector.Class(d.Class)}
		if m != nil {
			_, peer.PID = m.Name(d.PID)
		}
		e.Peers = append(e.Peers, peer)
	}
	for i, st := range l.Steps {
		e.Steps = append(e.Steps, ExplainedStep{st.Name, st.Target, taken[i]})
	}
	for _, own := range ownSteps {
		if n := taken[own.step]; n > 0 {
			e.Steps = append(e.Steps, ExplainedStep{own.name, 1, n})
		}
	}
}

func stepName(l selector.List, step int) string {
	if step >= 0 {
		return l.Steps[step].Name
	}
	for _, own := range ownSteps {
		if own.step == step {
			return own.name
		}
	}
	return ""
}

// costs finds the cost of a PID in a view.
type costs []selector.Run

func costsOf(m selector.Map, home swarm.PID, seeder bool) costs {
	if m == nil {
		return nil
	}
	v, _ := selector.Look(m, selector.Requester{PID: home, Seeder: seeder})
	return v.Runs
}

func (c costs) at(pid swarm.PID) float32 {
	i, _ := slices.BinarySearchFunc(c, pid, func(r selector.Run, pid swarm.PID) int {
		if r.Hi <= pid {
			return -1
		}
		return cmp.Compare(r.Lo, pid)
	})
	if i < len(c) && c[i].Lo <= pid && pid < c[i].Hi {
		return c[i].Cost
	}
	return selector.Undefined
}

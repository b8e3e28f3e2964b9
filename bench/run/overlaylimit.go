package run

import (
	"math"

	"github.com/altracker/altracker/bench/sim"
)

// The limit of a policy is the least time in which a fluid reaches everybody if data only
// passes between neighbours (data-methods 5.1): each group without a copy must import one,
// and only peers outside that have a neighbour in it can send it. All of them share what
// they send among all groups that they feed: a lone seed that is the only neighbour of K
// groups needs K times what it needs for one.

// stretch is how many times the limit is longer by the overlay of a moment than without
// one, for those who were there then, as if they began then: who was complete by then is
// a seed to them. It is NaN if nobody was, or nobody was left to download.
func (c *crowd) stretch(r *sim.Result, groups int) float64 {
	there := crowd{file: c.file}
	number := make(map[int32]int32, len(r.Overlay.Present))
	leechers, seeds := 0, 0
	for _, i := range r.Overlay.Present {
		p := c.peers[i]
		p.seed = p.seed || completeBy(r.Peers[i], r.Overlay.At)
		if p.seed {
			seeds++
		} else {
			leechers++
		}
		number[i] = int32(len(there.peers))
		there.peers = append(there.peers, p)
	}
	if leechers == 0 || seeds == 0 {
		return math.NaN()
	}
	var edges [][2]int32
	for _, e := range r.Overlay.Edges {
		edges = append(edges, [2]int32{number[e[0]], number[e[1]]})
	}
	network := there.flash()
	return there.overlayLimit(groups, edges, network) / network
}

// feeds returns, for each peer, the set of groups in which it has a neighbour.
func feeds(peers []supply, groups int, edges [][2]int32) []set {
	all := make([]set, len(peers))
	for i := range all {
		all[i] = newSet(groups)
	}
	for _, e := range edges {
		a, b := e[0], e[1]
		all[a].add(peers[b].group)
		all[b].add(peers[a].group)
	}
	return all
}

// overlayLimit is the least time over an overlay; never below network, the limit without
// one. A group that nobody feeds makes it infinite.
func (c *crowd) overlayLimit(groups int, edges [][2]int32, network float64) float64 {
	f := newFeeding(c, groups, edges)
	low, high := network, 2*network
	for range 60 {
		if f.enough(high) {
			break
		}
		low, high = high, 2*high
	}
	if !f.enough(high) {
		return math.Inf(1)
	}
	if f.enough(network * (1 + 1e-9)) {
		return network
	}
	for high-low > 1e-4*high {
		if middle := (low + high) / 2; f.enough(middle) {
			high = middle
		} else {
			low = middle
		}
	}
	return high
}

// feeding is the peers by whom they can feed: those alike are one node of a flow network.
type feeding struct {
	crowd    *crowd
	groups   int
	demand   []float64 // bytes that each group needs in all
	imported []float64 // of which from outside
	senders  []sender
}

type sender struct {
	home int
	up   float64 // bytes a second, of all alike
	to   set
}

func newFeeding(c *crowd, groups int, edges [][2]int32) *feeding {
	f := &feeding{crowd: c, groups: groups, demand: make([]float64, groups), imported: make([]float64, groups)}
	copied := make([]bool, groups)
	for _, p := range c.peers {
		if p.seed {
			copied[p.group] = true
		} else {
			f.demand[p.group] += c.file
		}
	}
	for group := range f.demand {
		if f.demand[group] > 0 && !copied[group] {
			f.imported[group] = c.file
		}
	}
	alike := map[string]int{}
	for i, to := range feeds(c.peers, groups, edges) {
		home := c.peers[i].group
		key := to.key(home)
		at, ok := alike[key]
		if !ok {
			at = len(f.senders)
			alike[key] = at
			f.senders = append(f.senders, sender{home: home, to: to})
		}
		f.senders[at].up += c.peers[i].up
	}
	return f
}

// enough tells whether a time suffices: whether the flow from what peers send in it to
// what groups need fills all needs.
func (f *feeding) enough(seconds float64) bool {
	// Nodes: source, sink, senders, for each group what it imports, and all else.
	const source, sink = 0, 1
	sender := func(i int) int { return 2 + i }
	imports := func(group int) int { return 2 + len(f.senders) + group }
	rest := func(group int) int { return 2 + len(f.senders) + f.groups + group }
	n := newFlow(2 + len(f.senders) + 2*f.groups)
	need := 0.0
	for group, demand := range f.demand {
		n.join(imports(group), sink, f.imported[group])
		n.join(rest(group), sink, demand-f.imported[group])
		need += demand
	}
	for i, s := range f.senders {
		n.join(source, sender(i), s.up*seconds)
		for group := range f.groups {
			if f.demand[group] == 0 || !s.to.has(group) {
				continue
			}
			n.join(sender(i), rest(group), math.Inf(1))
			if group != s.home {
				n.join(sender(i), imports(group), math.Inf(1))
			}
		}
	}
	return n.most(source, sink) >= need*(1-1e-9)
}

// set is a set of small numbers.
type set []uint64

func newSet(size int) set { return make(set, (size+63)/64) }

func (s set) add(i int)      { s[i/64] |= 1 << (i % 64) }
func (s set) has(i int) bool { return s[i/64]>>(i%64)&1 == 1 }

// key is the same for the same set and home, and no others.
func (s set) key(home int) string {
	b := make([]byte, 0, 8*len(s)+8)
	for _, w := range append(s[:len(s):len(s)], uint64(home)) {
		for shift := 0; shift < 64; shift += 8 {
			b = append(b, byte(w>>shift))
		}
	}
	return string(b)
}

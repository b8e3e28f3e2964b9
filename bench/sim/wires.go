package sim

import "math/bits"

// wires is the connections. A connection has two ends. An end belongs to a peer, its
// owner, and is a place in the owner's row: rows lie one after the other, so that all
// a peer knows of its neighbours lies together. An end moves within its row when
// another is taken out before it; who must know of that is told (see part).
type wires struct {
	room   int     // ends that a row has
	degree []int32 // ends that are in use, from the start of the row

	// Of each end:
	near   []int32   // the peer at the other end
	twin   []int32   // the other end
	useful []int32   // pieces that its owner lacks and the other peer has
	wanted []int32   // pieces that the other peer lacks and its owner has
	down   []int32   // the flow towards its owner, or -1
	up     []int32   // the flow from its owner, or -1
	recent []float32 // bytes that came in over it since the choke round before the last
	about  []about
}

// about is what is seldom asked about an end.
type about struct {
	since   float64 // when the connection was made
	served  float64 // when its owner last gave the other a slot; -1 if never
	round   float32 // what of recent came in since the last choke round
	dialled bool    // by its owner
	open    bool    // the other has one of its owner's slots
	asked   bool    // the other has told its owner that it wants something, if it does
}

func newWires(peers, room int) wires {
	ints := func() []int32 { return make([]int32, peers*room) }
	return wires{
		room: room, degree: make([]int32, peers), near: ints(), twin: ints(), useful: ints(), wanted: ints(), down: ints(), up: ints(),
		recent: make([]float32, peers*room), about: make([]about, peers*room),
	}
}

// ends returns the first end of a peer's row, and the one after the last.
func (s *wires) ends(x int32) (first, end int32) {
	first = x * int32(s.room)
	return first, first + s.degree[x]
}

// owner returns whose row an end is in.
func (s *wires) owner(e int32) int32 { return e / int32(s.room) }

// neighbours returns the peers at the other ends of a peer's row.
func (s *wires) neighbours(x int32) []int32 {
	first, end := s.ends(x)
	return s.near[first:end]
}

func (s *wires) connected(x, y int32) bool {
	for _, z := range s.neighbours(x) {
		if z == y {
			return true
		}
	}
	return false
}

// join adds a connection from x to y and returns x's end.
func (s *wires) join(x, y int32, now float64) int32 {
	_, a := s.ends(x)
	_, b := s.ends(y)
	s.enter(x, a, y, b, now)
	s.enter(y, b, x, a, now)
	s.about[a].dialled = true
	return a
}

func (s *wires) enter(x, e, y, twin int32, now float64) {
	s.degree[x]++
	s.near[e], s.twin[e] = y, twin
	s.useful[e], s.wanted[e] = 0, 0
	s.down[e], s.up[e] = -1, -1
	s.recent[e], s.about[e] = 0, about{since: now, served: -1}
}

// remove takes an end out of its row. The last one of the row takes its place.
func (w *world) remove(e int32) {
	x := w.owner(e)
	w.degree[x]--
	_, last := w.ends(x)
	if e == last {
		return
	}
	w.near[e], w.twin[e] = w.near[last], w.twin[last]
	w.useful[e], w.wanted[e] = w.useful[last], w.wanted[last]
	w.down[e], w.up[e] = w.down[last], w.up[last]
	w.recent[e], w.about[e] = w.recent[last], w.about[last]
	w.twin[w.twin[e]] = e
	if f := w.down[e]; f >= 0 {
		w.flows[f].end = e
	}
}

// connect joins two peers and has them tell each other what they have.
func (w *world) connect(x, y int32) {
	w.out.Events++
	e := w.join(x, y, w.now)
	t := w.twin[e]
	w.about[e].asked, w.about[t].asked = !w.peers[y].client.AskAtRounds, !w.peers[x].client.AskAtRounds
	w.useful[e] = w.tell(y, x, 1)
	w.useful[t] = w.tell(x, y, 1)
	w.wanted[e], w.wanted[t] = w.useful[t], w.useful[e]
	w.wake(x)
	w.wake(y)
}

// disconnect ends a connection, by either of its ends.
func (w *world) disconnect(e int32) {
	x, y := w.owner(e), w.near[e]
	t := w.twin[e]
	w.shut(t)
	w.shut(e)
	w.tell(x, y, ^uint8(0))
	w.tell(y, x, ^uint8(0))
	w.remove(e)
	w.remove(t)
	w.wantDials(x, w.now)
	w.wantDials(y, w.now)
}

// tell adds by, 1 or -1, to y's counts of the pieces that x has and y lacks, and returns
// how many they are.
func (w *world) tell(x, y int32, by uint8) (n int32) {
	if w.peers[y].seed {
		return 0
	}
	mine, yours := w.pieces(x), w.pieces(y)
	counts := w.scarce[int(y)*w.c.Pieces : (int(y)+1)*w.c.Pieces]
	for i, set := range mine {
		set &^= yours[i]
		n += int32(bits.OnesCount64(set))
		for ; set != 0; set &= set - 1 {
			counts[64*i+bits.TrailingZeros64(set)] += by
		}
	}
	return n
}

// spread tells the neighbours of x that it now has a piece.
func (w *world) spread(x int32, piece int) {
	word, bit := piece/64, uint64(1)<<(piece%64)
	first, end := w.ends(x)
	near, twin, useful, wanted := w.near[first:end], w.twin[first:end], w.useful[first:end], w.wanted[first:end]
	woken := false
	for i, y := range near {
		if w.have[int(y)*w.words+word]&bit != 0 {
			useful[i]--
			w.wanted[twin[i]]--
			continue
		}
		w.scarce[int(y)*w.c.Pieces+piece]++
		w.useful[twin[i]]++
		wanted[i]++
		woken = woken || wanted[i] == 1
	}
	if woken {
		w.wake(x)
	}
}

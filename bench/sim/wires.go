package sim

import "math/bits"

// wires is the connections. A connection has two ends, 2c and 2c+1; an end belongs to
// a peer, its owner, and h^1 is the other peer's end of the same connection.
type wires struct {
	room   int     // ends that a peer can have
	degree []int32 // ends that each peer has
	rows   []int32 // by peer and room: its ends,
	near   []int32 // and the peers at the other ends
	all    []wire
	useful []int32 // by end: the pieces that its owner lacks and the other peer has
	flow   []int32 // by end: the flow towards its owner, or -1
	free   []int32 // connections that are no more, by their ends 2c
}

// wire is one end of a connection.
type wire struct {
	owner, other int32
	at           int32 // where in its owner's row it is
	dialled      bool  // by its owner
	since        float64
	served       float64 // when its owner last began to serve the other; -1 if never

	// What its owner received over it in this choke round and in the one before.
	round, last float64
}

func newWires(peers, room int) wires {
	return wires{room: room, degree: make([]int32, peers), rows: make([]int32, peers*room), near: make([]int32, peers*room)}
}

// ends returns the ends of a peer's connections.
func (s *wires) ends(x int32) []int32 {
	i := int(x) * s.room
	return s.rows[i : i+int(s.degree[x])]
}

// neighbours returns the peers at the other ends, in the same order.
func (s *wires) neighbours(x int32) []int32 {
	i := int(x) * s.room
	return s.near[i : i+int(s.degree[x])]
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
	var h int32
	if n := len(s.free); n > 0 {
		h, s.free = s.free[n-1], s.free[:n-1]
	} else {
		h = int32(len(s.all))
		s.all = append(s.all, wire{}, wire{})
		s.useful = append(s.useful, 0, 0)
		s.flow = append(s.flow, -1, -1)
	}
	s.all[h] = wire{owner: x, other: y, at: s.degree[x], dialled: true, since: now, served: -1}
	s.all[h^1] = wire{owner: y, other: x, at: s.degree[y], since: now, served: -1}
	s.enter(x, h, y)
	s.enter(y, h^1, x)
	return h
}

func (s *wires) enter(x, h, y int32) {
	i := int(x)*s.room + int(s.degree[x])
	s.rows[i], s.near[i] = h, y
	s.degree[x]++
}

// part takes both ends of a connection out of their rows.
func (s *wires) part(h int32) {
	for _, e := range [2]int32{h, h ^ 1} {
		x, at := s.all[e].owner, s.all[e].at
		s.degree[x]--
		base, last := int(x)*s.room, s.degree[x]
		moved := s.rows[base+int(last)]
		s.rows[base+int(at)], s.near[base+int(at)] = moved, s.near[base+int(last)]
		s.all[moved].at = at
	}
	s.free = append(s.free, h&^1)
}

// connect joins two peers and has them tell each other what they have.
func (w *world) connect(x, y int32) {
	w.out.Events++
	h := w.join(x, y, w.now)
	w.useful[h] = w.tell(y, x, 1)
	w.useful[h^1] = w.tell(x, y, 1)
	w.wake(x)
	w.wake(y)
}

// disconnect ends a connection, by either of its ends.
func (w *world) disconnect(h int32) {
	x, y := w.all[h].owner, w.all[h].other
	for _, e := range [2]int32{h, h ^ 1} {
		if f := w.flow[e]; f >= 0 {
			w.end(f)
		}
		if p := &w.peers[w.all[e].owner]; p.optimistic == e {
			p.optimistic = -1
		}
	}
	w.tell(x, y, ^uint8(0))
	w.tell(y, x, ^uint8(0))
	w.part(h)
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
	ends := w.ends(x)
	for i, y := range w.neighbours(x) {
		h := ends[i]
		if w.have[int(y)*w.words+word]&bit != 0 {
			w.useful[h]--
			continue
		}
		w.scarce[int(y)*w.c.Pieces+piece]++
		w.useful[h^1]++
		if w.useful[h^1] == 1 {
			w.wake(x)
		}
	}
}

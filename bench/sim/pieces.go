package sim

import (
	"math"
	"math/bits"

	"github.com/altracker/altracker/tracker"
)

// assign gives a flow a piece to fill, and returns false if there is none that its
// source has and its receiver lacks.
//
// Pieces that were begun and left come first, as the classic client has it, the fullest of them at
// the front; then those not begun. When none of either is left, the flow joins others
// on the emptiest part. Real clients do that block by block, with some blocks sent
// twice at the very end; here nothing is.
func (w *world) assign(f int32) bool {
	fl := &w.flows[f]
	x, y := fl.src, fl.dst
	if w.useful[fl.end] == 0 {
		return false
	}
	id := w.resume(x, y)
	if id < 0 {
		if piece := w.choose(x, y); piece >= 0 {
			id = w.open(y, piece)
		} else {
			id = w.assist(x, y)
		}
	}
	if id < 0 {
		return false
	}
	fl.part = id
	p := &w.parts[id]
	if p.flows++; p.flows == 1 {
		w.peers[y].idle--
	}
	return true
}

func (w *world) has(x, piece int32) bool {
	return w.have[int(x)*w.words+int(piece/64)]>>(piece%64)&1 != 0
}

// resume returns the fullest part of y that nobody fills and x has, or -1.
func (w *world) resume(x, y int32) int32 {
	best, least := int32(-1), math.Inf(1)
	if w.peers[y].idle == 0 {
		return best
	}
	for _, id := range w.peers[y].parts {
		if p := &w.parts[id]; p.flows == 0 && !p.full && p.left < least && w.has(x, p.piece) {
			best, least = id, p.left
		}
	}
	return best
}

// assist returns the part of y with most left for each of its flows, of those that x
// has, or -1.
func (w *world) assist(x, y int32) int32 {
	best, most := int32(-1), 0.0
	for _, id := range w.peers[y].parts {
		p := &w.parts[id]
		if p.full || !w.has(x, p.piece) {
			continue
		}
		if left := p.left / float64(p.flows); left > most {
			best, most = id, left
		}
	}
	return best
}

// open begins a piece.
func (w *world) open(y int32, piece int) int32 {
	size := float64(w.c.PieceBytes)
	if piece == w.c.Pieces-1 {
		size = float64(w.c.FileBytes - int64(piece)*w.c.PieceBytes)
	}
	fresh := part{left: size, peer: y, piece: int32(piece)}
	var id int32
	if n := len(w.spare); n > 0 {
		id, w.spare = w.spare[n-1], w.spare[:n-1]
		w.parts[id] = fresh
	} else {
		id = int32(len(w.parts))
		w.parts = append(w.parts, fresh)
	}
	w.peers[y].parts = append(w.peers[y].parts, id)
	w.peers[y].idle++
	w.taken[int(y)*w.words+piece/64] |= 1 << (piece % 64)
	return id
}

// choose returns a piece that x has and y has neither had nor begun, or -1.
func (w *world) choose(x, y int32) int {
	i, j := int(x)*w.words, int(y)*w.words
	from, have, taken := w.have[i:i+w.words], w.have[j:j+w.words], w.taken[j:j+w.words]
	p := &w.peers[y]
	if int(p.got) < p.client.RandomFirst {
		return anyOf(from, have, taken, &p.chance)
	}
	counts := w.scarce[int(y)*w.c.Pieces : (int(y)+1)*w.c.Pieces]
	best, least, ties := -1, uint8(255), 0
	for k := range from {
		for set := from[k] &^ (have[k] | taken[k]); set != 0; set &= set - 1 {
			piece := 64*k + bits.TrailingZeros64(set)
			switch n := counts[piece]; {
			case n < least || best < 0:
				best, least, ties = piece, n, 1
			case n == least:
				if ties++; p.chance.below(ties) == 0 {
					best = piece
				}
			}
		}
	}
	return best
}

// anyOf returns a random piece of those in from that are in neither other set, or -1.
func anyOf(from, have, taken []uint64, c *chance) int {
	n := 0
	for k := range from {
		n += bits.OnesCount64(from[k] &^ (have[k] | taken[k]))
	}
	if n == 0 {
		return -1
	}
	n = c.below(n)
	for k := range from {
		set := from[k] &^ (have[k] | taken[k])
		if m := bits.OnesCount64(set); n >= m {
			n -= m
			continue
		}
		for ; n > 0; n-- {
			set &= set - 1
		}
		return 64*k + bits.TrailingZeros64(set)
	}
	return -1
}

// complete turns a part into a piece that its peer has.
func (w *world) complete(id int32, at float64) {
	w.out.Events++
	p := w.parts[id]
	x, piece := p.peer, int(p.piece)
	w.discard(id)
	word, bit := int(x)*w.words+piece/64, uint64(1)<<(piece%64)
	w.have[word] |= bit
	w.taken[word] &^= bit
	w.places[w.peers[x].place].add(piece)
	if w.peers[x].got++; w.peers[x].got == 1 {
		w.peers[x].First = duration(at)
	}
	w.spread(x, piece)
}

// discard forgets a part.
func (w *world) discard(id int32) {
	parts := w.peers[w.parts[id].peer].parts
	for i, other := range parts {
		if other == id {
			parts[i] = parts[len(parts)-1]
			w.peers[w.parts[id].peer].parts = parts[:len(parts)-1]
			break
		}
	}
	w.spare = append(w.spare, id)
}

// abandon forgets all that x has begun, and returns the bytes of it that it had.
func (w *world) abandon(x int32) (bytes float64) {
	for len(w.peers[x].parts) > 0 {
		id := w.peers[x].parts[0]
		bytes += w.begun(id)
		w.discard(id)
		w.peers[x].idle--
	}
	return bytes
}

// begun returns the bytes that a part has.
func (w *world) begun(id int32) float64 {
	size := float64(w.c.PieceBytes)
	if p := w.parts[id]; int(p.piece) == w.c.Pieces-1 {
		size = float64(w.c.FileBytes - int64(p.piece)*w.c.PieceBytes)
	}
	return size - w.parts[id].left
}

// succeed makes a leecher that has everything a seed.
func (w *world) succeed(x int32, at float64) {
	p := &w.peers[x]
	p.seed, p.Completed = true, duration(at)
	if p.client.Turn == 0 {
		p.optimistic = nobody // a seed of the classic kind has no slot on trial
	}
	w.leechers--
	w.completed++
	w.places[p.place].leechers--
	first, end := w.ends(x)
	for e := end - 1; e >= first; e-- {
		if w.peers[w.near[e]].seed {
			w.disconnect(e)
		}
	}
	w.announce(x, tracker.Completed)
	p.leaveAt = -1
	if stay := w.c.Peers[x].SeedFor; stay >= 0 {
		w.depart(x, at+seconds(stay))
	}
	w.wake(x)
}

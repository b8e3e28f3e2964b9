package sim

// flow is a transfer from a peer that serves to one that is interested. Its numbers
// change as others end; what keeps hold of one keeps the end of its connection.
type flow struct {
	moved    float64 // bytes not yet booked
	part     int32
	end      int32 // of the connection, the receiver's
	src, dst int32
	pair     int32
	lastOne  bool // it ends with the part it fills
}

// part is a piece that a peer has begun. Several flows may fill it near the end of a
// download; then they share what is left as they go (see assign).
type part struct {
	left  float64 // bytes
	peer  int32
	piece int32
	flows int32
	full  bool
}

// crumb is less than which a piece does not lack: half a byte.
const crumb = 0.5

// begin starts a flow from x over its end e.
func (w *world) begin(x, e int32) {
	y, t := w.near[e], w.twin[e]
	down := int32(len(w.peers)) + y
	k := w.pair(w.peers[x].place, w.peers[y].place)
	pr := &w.pairs[k]
	f := int32(len(w.flows))
	w.flows = append(w.flows, flow{end: t, src: x, dst: y, pair: k, part: -1})
	d := demand{
		up: x, down: down, path: pr.narrow, weight: pr.weight,
		limit: min(pr.limit, w.capacity[x], w.capacity[down]),
	}
	w.demands, w.rates = append(w.demands, d), append(w.rates, d.limit)
	w.change(&d, 1)
	w.up[e], w.down[t] = f, f
	if !w.assign(f) {
		w.end(f)
	}
}

// end ends a flow; what it was filling can be gone on with.
func (w *world) end(f int32) {
	w.book(f)
	w.change(&w.demands[f], -1)
	fl := w.flows[f]
	w.release(f)
	from := w.twin[fl.end]
	w.down[fl.end], w.up[from] = -1, -1
	last := int32(len(w.flows) - 1)
	if f != last {
		w.flows[f], w.demands[f], w.rates[f] = w.flows[last], w.demands[last], w.rates[last]
		e := w.flows[f].end
		w.down[e], w.up[w.twin[e]] = f, f
	}
	w.flows, w.demands, w.rates = w.flows[:last], w.demands[:last], w.rates[:last]
	if fl.lastOne || !w.peers[fl.src].client.Hold {
		w.shut(from)
	}
}

// release takes a flow off the part it fills.
func (w *world) release(f int32) {
	fl := &w.flows[f]
	if fl.part < 0 {
		return
	}
	p := &w.parts[fl.part]
	if p.flows--; p.flows == 0 {
		w.peers[fl.dst].idle++
	}
	fl.part = -1
}

// book enters what a flow has moved.
func (w *world) book(f int32) {
	fl := &w.flows[f]
	w.recent[fl.end] += float32(fl.moved)
	w.about[fl.end].round += float32(fl.moved)
	w.peers[fl.src].Sent += fl.moved
	w.peers[fl.dst].Received += fl.moved
	w.pairs[fl.pair].bin += fl.moved
	fl.moved = 0
}

// settleAll books all flows and closes the bin.
func (w *world) settleAll() {
	for f := range w.flows {
		w.book(int32(f))
	}
	w.closeBin(w.bin)
}

// sent returns the bytes a peer has sent.
func (w *world) sent(x int32) float64 {
	sum := w.peers[x].Sent
	first, end := w.ends(x)
	for _, f := range w.up[first:end] {
		if f >= 0 {
			sum += w.flows[f].moved
		}
	}
	return sum
}

// move lets flows run for dt seconds.
func (w *world) move(dt float64) {
	flows, rates, parts := w.flows, w.rates, w.parts
	for i := range flows {
		f := &flows[i]
		d := rates[i] * dt
		f.moved += d
		p := &parts[f.part]
		p.left -= d
		if p.left < crumb && !p.full {
			p.full = true
			w.full = append(w.full, f.part)
		}
	}
	for i := 0; i < len(w.full); i++ {
		w.finish(w.full[i])
	}
	w.full = w.full[:0]
}

// fillers appends the ends, of its peer, of the flows that fill a part.
func (w *world) fillers(id int32, ends []int32) []int32 {
	first, end := w.ends(w.parts[id].peer)
	for e := first; e < end; e++ {
		if f := w.down[e]; f >= 0 && w.flows[f].part == id {
			ends = append(ends, e)
		}
	}
	return ends
}

// finish makes a part a piece of its peer, and lets the flows that filled it go on
// with others. What they moved too much in this step counts for those, and is taken
// back where there is nothing else to send.
func (w *world) finish(id int32) {
	var room [256]int32
	ends := w.fillers(id, room[:0])
	p := w.parts[id]
	total := 0.0
	for _, e := range ends {
		total += w.rates[w.down[e]]
	}
	over := -p.left
	at := w.now
	if total > 0 {
		at = max(0, w.now-max(0, over)/total)
	}
	for _, e := range ends {
		w.release(w.down[e])
	}
	w.peers[p.peer].idle--
	w.complete(id, at)
	for _, e := range ends {
		f := w.down[e]
		extra := 0.0
		if total > 0 {
			extra = over * w.rates[f] / total
		}
		if !w.flows[f].lastOne && w.assign(f) {
			next := w.flows[f].part
			q := &w.parts[next]
			q.left -= extra
			if q.left < crumb && !q.full {
				q.full = true
				w.full = append(w.full, next)
			}
			continue
		}
		w.flows[f].moved -= extra
		w.end(f)
	}
	if x := p.peer; w.peers[x].got == int32(w.c.Pieces) {
		w.succeed(x, at)
	}
}

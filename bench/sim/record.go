package sim

// place is what is known of a place as a whole.
type place struct {
	held     []int32 // by piece: peers of the place that have it
	absent   int     // pieces that none has
	leechers int

	leeching, missing float64 // seconds
}

func newPlaces(n, pieces int) []place {
	all := make([]place, n)
	for i := range all {
		all[i] = place{held: make([]int32, pieces), absent: pieces}
	}
	return all
}

func (p *place) add(piece int) {
	if p.held[piece]++; p.held[piece] == 1 {
		p.absent--
	}
}

func (p *place) remove(piece int) {
	if p.held[piece]--; p.held[piece] == 0 {
		p.absent++
	}
}

// count adds a step to the time that leechers spend.
func (w *world) count(dt float64) {
	for i := range w.places {
		p := &w.places[i]
		if p.leechers == 0 {
			continue
		}
		p.leeching += dt * float64(p.leechers)
		if p.absent > 0 {
			p.missing += dt * float64(p.leechers)
		}
	}
}

// sample takes the overlay when its time has come.
func (w *world) sample() {
	o := &w.out.Overlay
	switch {
	case o.At != Never:
		return
	case w.c.SampleAt > 0 && w.now < seconds(w.c.SampleAt):
		return
	case w.c.SampleAt == 0 && 2*w.completed < w.downloaders:
		return
	}
	o.At = duration(w.now)
	for x := range w.peers {
		if !w.peers[x].present {
			continue
		}
		o.Present = append(o.Present, int32(x))
		first, end := w.ends(int32(x))
		for e := first; e < end; e++ {
			if w.about[e].dialled {
				o.Edges = append(o.Edges, [2]int32{int32(x), w.near[e]})
			}
		}
	}
}

// result says what has happened so far.
func (w *world) result() *Result {
	w.settleAll()
	r := &w.out
	r.Bytes, r.LinkBytes = w.matrix(), w.linkBytes()
	r.Bin, r.LinkBins = w.c.Bin, w.linkBins
	r.Groups, r.Transit = w.grouped, w.transit
	r.End = duration(w.now)
	for i := range w.places {
		r.Leeching = append(r.Leeching, w.places[i].leeching)
		r.Missing = append(r.Missing, w.places[i].missing)
	}
	r.Peers = make([]Outcome, len(w.peers))
	for x := range w.peers {
		p := &w.peers[x]
		for _, id := range p.parts {
			r.Wasted += w.begun(id)
		}
		p.Pieces = int(p.got)
		r.Peers[x] = p.Outcome
		if w.c.Peers[x].Seed {
			r.SeedBytes += p.Sent
		}
	}
	return r
}

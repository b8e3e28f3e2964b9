package sim

// wantDials has x dial, if it has whom, at a time not before at; or ask the tracker
// for more, if it has nobody and few neighbours.
func (w *world) wantDials(x int32, at float64) {
	p := &w.peers[x]
	if !p.present || int(w.degree[x]) >= p.client.Connect {
		return
	}
	if len(p.fresh) > 0 {
		if !p.dialling {
			p.dialling = true
			w.agenda.add(at+p.chance.unit(), dialling, x)
		}
		return
	}
	if !p.seed && int(w.degree[x]) < p.client.ReaskBelow {
		again := max(p.announced+max(p.least, seconds(p.client.ReaskAfter)), w.now)
		if again < p.announceAt {
			w.schedule(x, again)
		}
	}
}

// dial is the dials of one second.
func (w *world) dial(x int32) {
	p := &w.peers[x]
	for n := 0; n < p.client.Dials && len(p.fresh) > 0 && int(w.degree[x]) < p.client.Connect; n++ {
		i := p.chance.below(len(p.fresh))
		y := p.fresh[i]
		p.fresh[i] = p.fresh[len(p.fresh)-1]
		p.fresh = p.fresh[:len(p.fresh)-1]
		w.call(x, y)
	}
	w.wantDials(x, w.now+0.5)
}

// call connects x to y if y answers and has room. Who does not answer, or has what
// it needs no more than x does, is not called again.
func (w *world) call(x, y int32) {
	q := &w.peers[y]
	switch {
	case !q.present || w.c.Peers[y].Unreachable:
	case q.seed && w.peers[x].seed:
	case w.connected(x, y):
	case int(w.degree[y]) >= q.client.Accept:
		p := &w.peers[x]
		p.later = append(p.later, y)
		if !p.retrying {
			p.retrying = true
			w.agenda.add(w.now+seconds(p.client.Retry), retrying, x)
		}
	default:
		w.connect(x, y)
	}
}

// gossip has x tell each neighbour of those it has connected to since the last time,
// and a new neighbour of all (BEP 11).
func (w *world) gossip(x int32) {
	p := &w.peers[x]
	near := w.neighbours(x)
	first, end := w.ends(x)
	about := w.about[first:end]
	for i, y := range near {
		since := p.gossiped
		if about[i].since > since {
			since = -1
		}
		told := 0
		for j, z := range near {
			if z != y && about[j].since > since && told < pexMost {
				told++
				w.learn(y, z)
			}
		}
		if told > 0 {
			w.wantDials(y, w.now)
		}
	}
	p.gossiped = w.now
}

package selectortest

import (
	"math/rand/v2"
	"slices"

	"github.com/altracker/altracker/selector"
)

// Peer is all that a list may know of a peer.
type Peer struct {
	PID    selector.PID
	Seeder bool
	Class  selector.Class
}

func (p Peer) role() selector.Roles {
	if p.Seeder {
		return selector.Seeders
	}
	return selector.Leechers
}

// Crowd is how many peers each PID has; index 0 is the peers in no PID. All are
// leechers of unknown class.
type Crowd []int

// Total returns how many peers there are.
func (c Crowd) Total() (n int) {
	for _, k := range c {
		n += k
	}
	return n
}

// Fill walks a list over a crowd in the slowest and plainest way: it draws one peer
// after another, each by its weight among those that are left. It returns how many
// peers of each PID were chosen.
func Fill(l selector.List, crowd Crowd, want int, rng *rand.Rand) Crowd {
	var kinds []kind
	for pid, n := range crowd {
		kinds = append(kinds, kind{Peer: Peer{PID: selector.PID(pid)}, left: n})
	}
	chosen := make(Crowd, len(crowd))
	for _, k := range choose(l, kinds, want, rng) {
		chosen[k.PID] += k.taken
	}
	return chosen
}

// Shares returns each PID's mean number of peers in the reply over many walks.
func Shares(l selector.List, crowd Crowd, want, walks int, rng *rand.Rand) []float64 {
	sums := make([]float64, len(crowd))
	for range walks {
		for pid, n := range Fill(l, crowd, want, rng) {
			sums[pid] += float64(n)
		}
	}
	for i := range sums {
		sums[i] /= float64(walks)
	}
	return sums
}

// Choose walks a list over peers as [Fill] does. It returns how many of each kind were
// chosen.
func Choose(l selector.List, peers []Peer, want int, rng *rand.Rand) map[Peer]int {
	var kinds []kind
	for _, p := range peers {
		i := slices.IndexFunc(kinds, func(k kind) bool { return k.Peer == p })
		if i < 0 {
			i, kinds = len(kinds), append(kinds, kind{Peer: p})
		}
		kinds[i].left++
	}
	chosen := map[Peer]int{}
	for _, k := range choose(l, kinds, want, rng) {
		if k.taken > 0 {
			chosen[k.Peer] = k.taken
		}
	}
	return chosen
}

// kind is the peers that are alike, before and after a walk.
type kind struct {
	Peer
	left, taken int
	weight      float64 // of one of them, in the step at hand
}

func choose(l selector.List, kinds []kind, want int, rng *rand.Rand) []kind {
	if l.Most > 0 {
		want = min(want, l.Most)
	}
	w := walk{kinds: kinds, want: float64(want), up: rng.Float64(), rng: rng}
	total, seeders := 0, 0
	for _, k := range kinds {
		total += k.left
		if k.Seeder {
			seeders += k.left
		}
	}
	if total <= want {
		for i := range kinds {
			kinds[i].left, kinds[i].taken = 0, kinds[i].left
		}
		return kinds
	}
	if len(l.Outside) > 0 && want >= 4 {
		w.outsider, w.seeder = true, seeders > 0
	}
	for _, st := range l.Steps {
		for w.fill(st, l.Outside) {
		}
	}
	if w.outsider {
		w.draw(selector.Step{Spans: l.Outside}, 1)
	}
	if w.seeder {
		w.draw(selector.Step{Spans: []selector.Span{{Hi: ^selector.PID(0), Weight: 1}}, Roles: selector.Seeders}, 1)
	}
	w.outsider, w.seeder = false, false
	for _, st := range l.Steps {
		w.fill(st, l.Outside)
	}
	return kinds
}

// walk is a reply being filled.
type walk struct {
	kinds            []kind
	size             int
	want, up         float64
	outsider, seeder bool // wishes that are open: each keeps a place
	rng              *rand.Rand
}

// open counts the wishes that are open.
func (w *walk) open() (n int) {
	for _, open := range []bool{w.outsider, w.seeder} {
		if open {
			n++
		}
	}
	return n
}

// fill goes one step, and tells whether a wish came true by it.
func (w *walk) fill(st selector.Step, outside []selector.Span) bool {
	open := w.open()
	free := int(w.want) - open
	w.draw(st, min(int(w.want*st.Target-st.Spare+w.up), free)-w.size)
	for _, k := range w.kinds {
		if k.taken > 0 {
			w.outsider = w.outsider && weight(outside, k.PID) == 0
			w.seeder = w.seeder && !k.Seeder
		}
	}
	return w.open() < open
}

// draw takes up to need peers for a step.
func (w *walk) draw(st selector.Step, need int) {
	if need <= 0 {
		return
	}
	w.weigh(st)
	for ; need > 0; need-- {
		total := 0.0
		for _, k := range w.kinds {
			total += k.weight * float64(k.left)
		}
		if total == 0 {
			return
		}
		r, last := w.rng.Float64()*total, 0
		for i, k := range w.kinds {
			if k.weight > 0 && k.left > 0 {
				last = i
				if r -= k.weight * float64(k.left); r < 0 {
					break
				}
			}
		}
		w.kinds[last].left--
		w.kinds[last].taken++
		w.size++
	}
}

// weigh sets the weight of a peer of each kind in a step.
func (w *walk) weigh(st selector.Step) {
	population := map[selector.PID]float64{}
	for i := range w.kinds {
		k := &w.kinds[i]
		if k.weight = 0; st.Roles.Has(k.role()) && st.Classes.Has(k.Class) {
			k.weight = weight(st.Spans, k.PID)
		}
		if k.weight > 0 {
			population[k.PID] += float64(k.left)
		}
	}
	if st.ByPID {
		for i := range w.kinds {
			if k := &w.kinds[i]; k.left > 0 && k.weight > 0 {
				k.weight /= population[k.PID]
			}
		}
	}
	if st.Cap > 0 {
		w.cap(st.Cap)
	}
}

// cap cuts weights to so many times their mean, over and over, since what is cut from
// one raises the others' part: until none is above.
func (w *walk) cap(most float64) {
	for range 200 {
		sum, peers := 0.0, 0.0
		for _, k := range w.kinds {
			if k.weight > 0 {
				sum += k.weight * float64(k.left)
				peers += float64(k.left)
			}
		}
		above := false
		for i := range w.kinds {
			above = above || w.kinds[i].weight > most*sum/peers*(1+1e-6)
			w.kinds[i].weight = min(w.kinds[i].weight, most*sum/peers)
		}
		if !above {
			return
		}
	}
}

func weight(spans []selector.Span, pid selector.PID) float64 {
	for _, sp := range spans {
		if sp.Lo <= pid && pid < sp.Hi {
			return float64(sp.Weight)
		}
	}
	return 0
}

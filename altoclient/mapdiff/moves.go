package mapdiff

import (
	"cmp"
	"slices"

	"github.com/altracker/altracker/altoclient/prefixmap"
)

// Moved is what is in another PID than before.
type Moved struct {
	// Prefixes counts the prefixes, of either map, that hold an address which moved;
	// an address counts for the longest prefix only.
	Prefixes int `json:"prefixes"`

	// IPv4 and IPv6 are the shares of addresses that moved, of all that one map or the
	// other has outside its default PID; from 0 to 1.
	IPv4 float64 `json:"ipv4_share"`
	IPv6 float64 `json:"ipv6_share"`

	Pairs int    `json:"pairs"` // how many moves there are
	Moves []Move `json:"moves"` // those of most addresses first
}

// Move is what went from one PID to another; an empty name is no PID.
type Move struct {
	From     string  `json:"from"`
	To       string  `json:"to"`
	Prefixes int     `json:"prefixes"`
	IPv4     float64 `json:"ipv4_share"`
	IPv6     float64 `json:"ipv6_share"`
}

// moves tells which addresses went from one PID to another that is not the same.
func (p *pair) moves(regions []prefixmap.Pair, top int) Moved {
	var all Moved
	var placed [2]float64
	moves := make(map[[2]uint32]*Move)
	for _, r := range regions {
		family := 0
		if r.Prefix.Addr().Is6() {
			family = 1
		}
		if r.A != 0 && !p.a.Default(r.A) || r.B != 0 && !p.b.Default(r.B) {
			placed[family] += r.Addresses
		}
		if r.A != 0 && p.toB[r.A] == r.B {
			continue
		}
		key := [2]uint32{r.A, r.B}
		m := moves[key]
		if m == nil {
			m = &Move{From: p.a.Name(r.A), To: p.b.Name(r.B)}
			moves[key] = m
		}
		m.Prefixes++
		all.Prefixes++
		if family == 0 {
			m.IPv4 += r.Addresses
		} else {
			m.IPv6 += r.Addresses
		}
	}
	list := make([]Move, 0, len(moves))
	for _, m := range moves {
		m.IPv4, m.IPv6 = share(m.IPv4, placed[0]), share(m.IPv6, placed[1])
		all.IPv4 += m.IPv4
		all.IPv6 += m.IPv6
		list = append(list, *m)
	}
	slices.SortFunc(list, func(x, y Move) int {
		return cmp.Or(cmp.Compare(y.IPv4+y.IPv6, x.IPv4+x.IPv6), cmp.Compare(y.Prefixes, x.Prefixes),
			cmp.Compare(x.From, y.From), cmp.Compare(x.To, y.To))
	})
	all.Pairs, all.Moves = len(list), first(list, top)
	return all
}

// share is part of whole. What moved between the defaults of maps that place nothing
// is all there is.
func share(part, whole float64) float64 {
	switch {
	case part == 0:
		return 0
	case whole == 0:
		return 1
	default:
		return min(part/whole, 1)
	}
}

package selector

import "sort"

// level is a level of a tree of places.
type level struct {
	name       string   // of those who share it with the requester
	properties []string // that tell it; the first that the map knows counts
}

var (
	levelISP      = level{"same ISP", []string{"isp"}}
	levelProvince = level{"same province", []string{"province", "region"}}
	levelCity     = level{"same city", []string{"city"}}
)

// rings cuts all PIDs in rings, the nearest first: those of among that share all levels
// with the requester, those that share all but the last, and so on; at the end
// everybody else. A level that the map does not tell of the requester is left out; if
// that is the first, all of among share it.
func (v View) rings(among []Span, levels ...level) []ring {
	circle, name := everyone, "elsewhere"
	var rings []ring
	for i, l := range levels {
		inner, known := v.sharing(l)
		if !known && i > 0 {
			continue
		}
		among = meet(among, inner)
		rings = append([]ring{{name, meet(circle, except(among))}}, rings...)
		if circle, name = among, l.name; !known {
			name = "anywhere"
		}
	}
	return append([]ring{{name, circle}}, rings...)
}

// sharing returns the PIDs that share a level with the requester, everybody if the map
// does not tell.
func (v View) sharing(l level) (spans []Span, known bool) {
	for _, property := range l.properties {
		if spans := v.alike(property); len(spans) > 0 {
			return spans, true
		}
	}
	return everyone, false
}

// alike returns the PIDs of which a property says what it says of the home PID; none if
// it says nothing of that. It does without View.Labels and its copy, since a map may
// have 85,000 PIDs.
func (v View) alike(property string) (alike []Span) {
	ends, texts := v.network.Labels(v.Home, property)
	home := sort.Search(len(ends), func(i int) bool { return v.Home < ends[i] })
	if home == len(ends) || texts[home] == "" {
		return nil
	}
	lo := PID(1) // PID 0 is no place
	for i, hi := range ends {
		if hi > lo && texts[i] == texts[home] {
			alike = append(alike, Span{lo, hi, 1})
		}
		lo = max(lo, hi)
	}
	return alike
}

// meet returns the PIDs that are in both a and b.
func meet(a, b []Span) (both []Span) {
	for len(a) > 0 && len(b) > 0 {
		lo, hi := max(a[0].Lo, b[0].Lo), min(a[0].Hi, b[0].Hi)
		if lo < hi {
			both = append(both, Span{lo, hi, 1})
		}
		if a[0].Hi < b[0].Hi {
			a = a[1:]
		} else {
			b = b[1:]
		}
	}
	return both
}

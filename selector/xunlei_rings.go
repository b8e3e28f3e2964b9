package selector

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
		among = both(among, inner)
		rings = append([]ring{{name, both(circle, except(among))}}, rings...)
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

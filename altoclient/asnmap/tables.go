package asnmap

import "errors"

// tables collects what the user's files say, until build makes a map of it.
type tables struct {
	asns      [2][]span          // the AS of addresses, by family
	countries [2][]span          // the country of addresses, by family
	origins   map[uint32]country // the country of an AS, where a file says it
}

// addASN takes in that the addresses from first to last are of an AS.
func (t *tables) addASN(f family, first, last number, asn uint32) {
	if asn != 0 {
		t.asns[f] = append(t.asns[f], span{first, last, asn})
	}
}

// addCountry takes in that the addresses from first to last are in a country.
func (t *tables) addCountry(f family, first, last number, c country) {
	if c != 0 {
		t.countries[f] = append(t.countries[f], span{first, last, uint32(c)})
	}
}

// addOrigin takes in that an AS is of a country; the first to say so is right.
func (t *tables) addOrigin(asn uint32, c country) {
	if t.origins == nil {
		t.origins = make(map[uint32]country)
	}
	if asn != 0 && c != 0 && t.origins[asn] == 0 {
		t.origins[asn] = c
	}
}

// build makes the map; see Builder.Build.
func (t *tables) build() (*Map, error) {
	if len(t.asns[ipv4])+len(t.asns[ipv6])+len(t.countries[ipv4])+len(t.countries[ipv6]) == 0 {
		return nil, errors.New("no address has an AS or a country")
	}
	var asns, countries [2]*table
	for f := ipv4; f <= ipv6; f++ {
		asns[f], countries[f] = flatten(f, t.asns[f]), flatten(f, t.countries[f])
	}
	origin := t.originsOf(asns, countries)

	values := places{index: make(map[place]uint32)}
	var located [2]*table
	for f := ipv4; f <= ipv6; f++ {
		located[f] = &table{family: f}
		join(asns[f], countries[f], func(first, _ number, asn, code uint32) {
			p := place{country: country(code)}
			if asn != 0 {
				p = place{asn, origin[asn]}
			}
			located[f].add(first, values.of(p))
		})
	}
	return newMap(values.list, located), nil
}

// places numbers places as they come.
type places struct {
	list  []place
	index map[place]uint32
}

func (v *places) of(p place) uint32 {
	i, ok := v.index[p]
	if !ok {
		i = uint32(len(v.list))
		v.list, v.index[p] = append(v.list, p), i
	}
	return i
}

// originsOf tells the country of each AS: the one a file names, or else that of
// most of its IPv4 addresses, or else of most of its IPv6 addresses; where two
// hold equally many, the first in the alphabet.
func (t *tables) originsOf(asns, countries [2]*table) map[uint32]country {
	origins := make(map[uint32]country, len(t.origins))
	for asn, c := range t.origins {
		origins[asn] = c
	}
	for f := ipv4; f <= ipv6; f++ {
		for asn, c := range majorities(asns[f], countries[f]) {
			if origins[asn] == 0 {
				origins[asn] = c
			}
		}
	}
	return origins
}

// majorities tells which known country holds most addresses of each AS.
func majorities(asns, countries *table) map[uint32]country {
	addresses := make(map[place]float64)
	join(asns, countries, func(first, last number, asn, code uint32) {
		if asn != 0 && code != 0 {
			addresses[place{asn, country(code)}] += span{first: first, last: last}.addresses()
		}
	})
	most := make(map[uint32]country)
	for p, n := range addresses {
		rival := most[p.asn]
		held := addresses[place{p.asn, rival}]
		if n > held || n == held && p.country < rival {
			most[p.asn] = p.country
		}
	}
	return most
}

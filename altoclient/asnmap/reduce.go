package asnmap

import (
	"cmp"
	"fmt"
	"slices"
)

// Reduction says how Reduce shall make a map smaller.
type Reduction struct {
	// MaxPIDs is how many PIDs there may be, the default included.
	MaxPIDs int

	// Only names ASes ("AS3320" or "3320") and countries ("DE"); all other
	// addresses join the default. None means that nothing is left out.
	Only []string

	// Join tells which AS takes in an AS of no known country that does not keep its
	// PID, by the ASes that do, those with most addresses first. An AS without an
	// answer joins the default; all do if Join is nil.
	Join func(kept []uint32) map[uint32]uint32
}

// Reduce returns a map of fewer PIDs: the ASes with most IPv4 addresses keep
// theirs, the others are merged into one PID for each country. It is an error if
// Only names what the map does not have, or if MaxPIDs cannot hold the countries.
func (m *Map) Reduce(r Reduction) (*Map, error) {
	pids, err := m.named(r.Only)
	if err != nil {
		return nil, err
	}
	kept, err := m.largest(pids, r.MaxPIDs)
	if err != nil {
		return nil, err
	}
	places := make([]place, len(m.places)+1) // what becomes of each PID
	for _, pid := range pids {
		places[pid].country = m.places[pid-1].country
	}
	if r.Join != nil {
		m.join(places, pids, kept, r.Join)
	}
	for _, pid := range kept {
		places[pid] = m.places[pid-1]
	}
	return newMap(places, m.tables), nil
}

// join puts those of pids that are of no country with the AS that takes them in.
func (m *Map) join(places []place, pids, kept []uint32, join func([]uint32) map[uint32]uint32) {
	ases := make([]uint32, len(kept))
	of := make(map[uint32]place, len(kept))
	for i, pid := range kept {
		p := m.places[pid-1]
		ases[i], of[p.asn] = p.asn, p
	}
	heads := join(ases)
	for _, pid := range pids {
		if places[pid] == (place{}) {
			places[pid] = of[heads[m.places[pid-1].asn]]
		}
	}
}

// named returns, in order, the PIDs of the ASes and countries in only, or all,
// but never the default.
func (m *Map) named(only []string) ([]uint32, error) {
	chosen := make([]bool, len(m.places)-1)
	for _, name := range only {
		want, err := parseNamed(name)
		if err != nil {
			return nil, err
		}
		found := false
		for i, p := range m.places[:len(chosen)] {
			if want.asn != 0 && want.asn == p.asn || want.country != 0 && want.country == p.country {
				chosen[i], found = true, true
			}
		}
		if !found {
			return nil, fmt.Errorf("the table knows no address in %q", name)
		}
	}
	var pids []uint32
	for i, yes := range chosen {
		if yes || len(only) == 0 {
			pids = append(pids, uint32(i)+1)
		}
	}
	return pids, nil
}

// parseNamed reads the name of an AS or of a country.
func parseNamed(name string) (place, error) {
	if code, err := parseCountry(name); err == nil && code != 0 {
		return place{country: code}, nil
	}
	asn, err := parseASN(name)
	if err != nil || asn == 0 {
		return place{}, fmt.Errorf("%q is neither an AS number nor the code of a country", name)
	}
	return place{asn: asn}, nil
}

// largest returns as many of pids, those with most IPv4 addresses first, as may
// keep their own PID while the others are merged by country.
func (m *Map) largest(pids []uint32, maxPIDs int) ([]uint32, error) {
	merged := make(map[country]int) // how many PIDs are to be merged
	var candidates []uint32
	for _, pid := range pids {
		p := m.places[pid-1]
		merged[p.country]++
		if p.asn != 0 {
			candidates = append(candidates, pid)
		}
	}
	delete(merged, 0) // merged into the default
	used := 1 + len(merged)
	if used > maxPIDs {
		return nil, fmt.Errorf("%d PIDs cannot hold %d countries and the default PID", maxPIDs, len(merged))
	}
	m.sortBySize(candidates)
	for i, pid := range candidates {
		// The last one of a country takes over the country's PID.
		c := m.places[pid-1].country
		merged[c]--
		if merged[c] != 0 {
			used++
		}
		if used > maxPIDs {
			return candidates[:i], nil
		}
	}
	return candidates, nil
}

// sortBySize puts the PIDs with most IPv4 addresses first, and of those with
// equally many the ones with most IPv6 addresses.
func (m *Map) sortBySize(pids []uint32) {
	var sizes [2][]float64
	for f, t := range m.tables {
		sizes[f] = make([]float64, len(m.places)+1)
		for s := range t.spans() {
			sizes[f][s.value] += s.addresses()
		}
	}
	slices.SortStableFunc(pids, func(a, b uint32) int {
		return cmp.Or(cmp.Compare(sizes[ipv4][b], sizes[ipv4][a]), cmp.Compare(sizes[ipv6][b], sizes[ipv6][a]))
	})
}

// Largest returns, for each country, the AS with most addresses among those to be
// included; "" stands for the ASes of no known country.
func (m *Map) Largest(include func(asn uint32) bool) map[string]uint32 {
	pids := make([]uint32, 0, len(m.places))
	for i, p := range m.places {
		if p.asn != 0 && include(p.asn) {
			pids = append(pids, uint32(i)+1)
		}
	}
	m.sortBySize(pids)
	largest := make(map[string]uint32)
	for _, pid := range pids {
		if c := m.Country(pid); largest[c] == 0 {
			largest[c] = m.AS(pid)
		}
	}
	return largest
}

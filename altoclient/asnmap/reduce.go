package asnmap

import (
	"cmp"
	"fmt"
	"slices"
)

// Reduce returns a map of at most maxPIDs PIDs, the default included: the ASes
// with most IPv4 addresses keep their PID, the others are merged into one PID
// for each country. An AS of no known country that does not keep its PID joins
// the default.
//
// If only names anything, ASes ("AS3320" or "3320") or countries ("DE"), all
// other addresses join the default first. It is an error if it names what the
// map does not have, or if maxPIDs cannot hold the countries.
func (m *Map) Reduce(maxPIDs int, only []string) (*Map, error) {
	pids, err := m.named(only)
	if err != nil {
		return nil, err
	}
	kept, err := m.largest(pids, maxPIDs)
	if err != nil {
		return nil, err
	}
	places := make([]place, len(m.places)+1) // what becomes of each PID
	for _, pid := range pids {
		places[pid].country = m.places[pid-1].country
	}
	for _, pid := range kept {
		places[pid] = m.places[pid-1]
	}
	return newMap(places, m.tables), nil
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
	sizes := m.ipv4Addresses()
	slices.SortStableFunc(candidates, func(a, b uint32) int { return cmp.Compare(sizes[b], sizes[a]) })
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

// ipv4Addresses returns how many IPv4 addresses each PID has.
func (m *Map) ipv4Addresses() []uint64 {
	sizes := make([]uint64, len(m.places)+1)
	for s := range m.tables[ipv4].spans() {
		sizes[s.value] += s.last.minus(s.first).lo + 1
	}
	return sizes
}

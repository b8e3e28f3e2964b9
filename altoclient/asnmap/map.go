package asnmap

import (
	"iter"
	"net/netip"
	"slices"
)

// Map is a network map by AS and country, with its costs: an altoclient.View.
// It never changes and may be used by any number of goroutines.
type Map struct {
	places []place   // of the PIDs from 1 on, in the order of the atlas; the last is the default's
	groups []group   // in the order of PIDs, without gaps
	tables [2]*table // the PIDs of the addresses, by family

	isps, countries, regions keptLabels
}

// newMap numbers the places of all addresses. The place of an address is
// places[its value]; a place may come more than once.
func newMap(places []place, tables [2]*table) *Map {
	a := continents()
	numbered := append(slices.Clone(places), place{})
	slices.SortFunc(numbered, a.compare)
	numbered = slices.Compact(numbered)

	pids := make([]uint32, len(places))
	for value, p := range places {
		i, _ := slices.BinarySearchFunc(numbered, p, a.compare)
		pids[value] = uint32(i) + 1
	}
	m := &Map{places: numbered, groups: groupsOf(numbered, a)}
	for f, t := range tables {
		m.tables[f] = &table{family: t.family}
		for s := range t.spans() {
			m.tables[f].add(s.first, pids[s.value])
		}
		m.tables[f].seal()
	}
	return m
}

// PIDs returns how many PIDs there are, the default included.
func (m *Map) PIDs() int { return len(m.places) }

// PID returns the PID of addr; it is the default PID for an address that the
// table does not know, and 0 only if addr is not valid.
func (m *Map) PID(addr netip.Addr) uint32 {
	if !addr.IsValid() {
		return 0
	}
	f, n := numberOf(addr)
	return m.tables[f].find(n)
}

// Name returns "as" and the AS number, "cc-" and the country for a PID that
// stands for addresses of a country without an AS, or "default".
func (m *Map) Name(pid uint32) string {
	if !m.valid(pid) {
		return ""
	}
	return m.places[pid-1].name()
}

// AS returns the AS that a PID stands for; 0 if for none.
func (m *Map) AS(pid uint32) uint32 {
	if !m.valid(pid) {
		return 0
	}
	return m.places[pid-1].asn
}

// Country returns the code of the country that a PID belongs to, "DE" for
// instance; nothing if it is not known.
func (m *Map) Country(pid uint32) string {
	if !m.valid(pid) || m.places[pid-1].country == 0 {
		return ""
	}
	return m.places[pid-1].country.String()
}

// Prefixes yields every prefix with its PID, by family and address. Only the
// default PID's two hold others.
func (m *Map) Prefixes() iter.Seq2[netip.Prefix, uint32] {
	return func(yield func(netip.Prefix, uint32) bool) {
		for _, t := range m.tables {
			if !yield(t.family.everything(), m.defaultPID()) {
				return
			}
			for s := range t.spans() {
				if s.value == m.defaultPID() {
					continue
				}
				more := t.family.prefixes(s.first, s.last, func(p netip.Prefix) bool { return yield(p, s.value) })
				if !more {
					return
				}
			}
		}
	}
}

// Default tells whether pid holds 0.0.0.0/0 and ::/0.
func (m *Map) Default(pid uint32) bool { return pid == m.defaultPID() }

// Ordinal is false: the costs are to be weighed, not only compared.
func (m *Map) Ordinal() bool { return false }

func (m *Map) defaultPID() uint32 { return uint32(len(m.places)) }

func (m *Map) valid(pid uint32) bool { return pid > 0 && pid <= m.defaultPID() }

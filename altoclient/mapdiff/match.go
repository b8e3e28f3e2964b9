package mapdiff

import (
	"slices"

	"github.com/altracker/altracker/altoclient"
	"github.com/altracker/altracker/altoclient/prefixmap"
)

// A pair is two maps, and which PIDs of them are the same. toB and toA tell it once
// match is done.
type pair struct {
	a, b     *altoclient.Snapshot
	toB, toA map[uint32]uint32
}

// regions lays the maps over each other.
func (p *pair) regions() []prefixmap.Pair {
	return slices.Collect(prefixmap.Compare(entriesOf(p.a), entriesOf(p.b)))
}

func entriesOf(m *altoclient.Snapshot) []prefixmap.Entry {
	entries := make([]prefixmap.Entry, 0, m.NetworkMap().Len())
	for prefix, pid := range m.Prefixes() {
		entries = append(entries, prefixmap.Entry{Prefix: prefix, Value: pid})
	}
	return entries
}

// match finds the PIDs that are the same: those of one name; and of the others those
// that hold the same addresses, if they hold any.
func (p *pair) match(regions []prefixmap.Pair) (added, removed []string, renamed []Rename) {
	added, removed, renamed = []string{}, []string{}, []Rename{}
	inB := numbers(p.b)
	for pid := uint32(1); pid <= uint32(p.a.PIDs()); pid++ {
		if other, ok := inB[p.a.Name(pid)]; ok {
			p.same(pid, other)
		}
	}
	partners := partnersOf(regions)
	for pid := uint32(1); pid <= uint32(p.a.PIDs()); pid++ {
		if p.toB[pid] != 0 {
			continue
		}
		other, ok := partners[pid]
		if !ok || p.toA[other] != 0 {
			removed = append(removed, p.a.Name(pid))
			continue
		}
		p.same(pid, other)
		renamed = append(renamed, Rename{p.a.Name(pid), p.b.Name(other)})
	}
	for pid := uint32(1); pid <= uint32(p.b.PIDs()); pid++ {
		if p.toA[pid] == 0 {
			added = append(added, p.b.Name(pid))
		}
	}
	slices.Sort(added)
	slices.Sort(removed)
	return added, removed, renamed
}

func (p *pair) same(a, b uint32) { p.toB[a], p.toA[b] = b, a }

func numbers(m *altoclient.Snapshot) map[string]uint32 {
	numbers := make(map[string]uint32, m.PIDs())
	for pid := uint32(1); pid <= uint32(m.PIDs()); pid++ {
		numbers[m.Name(pid)] = pid
	}
	return numbers
}

// partnersOf returns, for each PID of A whose addresses are exactly those of one PID
// of B, that PID.
func partnersOf(regions []prefixmap.Pair) map[uint32]uint32 {
	const several = 0 // or in no PID
	ofA, ofB := make(map[uint32]uint32), make(map[uint32]uint32)
	meet := func(of map[uint32]uint32, pid, other uint32) {
		if have, ok := of[pid]; ok && have != other {
			other = several
		}
		of[pid] = other
	}
	for _, r := range regions {
		meet(ofA, r.A, r.B)
		meet(ofB, r.B, r.A)
	}
	partners := make(map[uint32]uint32)
	for a, b := range ofA {
		if a != 0 && b != several && ofB[b] == a {
			partners[a] = b
		}
	}
	return partners
}

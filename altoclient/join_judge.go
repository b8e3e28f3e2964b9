package altoclient

import "slices"

// freeze makes the join of what the joiner knows now.
func (j *joiner) freeze() *join {
	n := len(j.combos)
	f := &join{
		table:  j.table,
		guides: make([]place, n),
		names:  make([]place, n),
		six:    make([]bool, n),
		views:  make([]column, len(j.members)),
		guided: make([]bool, len(j.members)),
	}
	judge := newJudge(j.members, j.seats)
	for i, m := range j.members {
		f.views[i].everywhere = m.everywhere
	}
	for family, first := range judge.first {
		if first.source != nobody {
			f.everywhere[family] = otherwise(family)
		}
	}
	f.guides[0], f.names[0] = place{source: nobody}, place{source: nobody}
	for number := uint32(1); int(number) < n; number++ {
		c := j.combos[number]
		f.six[number] = c.family() == family6
		f.guides[number], f.names[number] = judge.places(c)
		if guide := f.guides[number].source; guide != nobody && (j.used[number] > 0 || number == f.everywhere[c.family()]) {
			f.guided[guide] = true
		}
		for layer, pid := range c.entries() {
			if i := judge.order[layer/2]; i != nobody && layer%2 == 0 {
				f.views[i].numbers = append(f.views[i].numbers, number)
				f.views[i].pids = append(f.views[i].pids, pid)
			}
		}
	}
	return f
}

// judge knows the precedence of sources.
type judge struct {
	members  []seated
	order    []int           // by seat: the place among the sources, or nobody
	claimant [families]int   // the first source that claims everything
	first    [families]place // the first source that has a PID of everything
}

func newJudge(members []seated, seats uint32) *judge {
	j := &judge{members: members, order: slices.Repeat([]int{nobody}, int(seats)+1)}
	for family := range families {
		j.claimant[family], j.first[family].source = nobody, nobody
	}
	for i, m := range members {
		j.order[m.seat] = i
		for family := range families {
			if m.claimsAll[family] && before(i, j.claimant[family]) {
				j.claimant[family] = i
			}
			if pid := m.everywhere[family]; pid != 0 && before(i, j.first[family].source) {
				j.first[family] = place{i, pid}
			}
		}
	}
	return j
}

func before(i, other int) bool { return other == nobody || i < other }

// places returns the source that is responsible for the addresses of c, and the
// first one that has them in a PID.
func (j *judge) places(c combination) (guide, first place) {
	guide, first = place{source: nobody}, j.first[c.family()]
	claimant := j.claimant[c.family()]
	for layer, value := range c.entries() {
		i := j.order[layer/2]
		switch {
		case i == nobody: // gone, and so is every prefix that has c
		case layer%2 == 1:
			if before(i, claimant) {
				claimant = i
			}
		default:
			if i == first.source || before(i, first.source) {
				first = place{i, value}
			}
			if m := &j.members[i]; before(i, guide.source) && len(m.Requesters) == 0 && !m.View.Default(value) {
				guide = place{i, value}
			}
		}
	}
	// A claim to addresses that the source's own map does not hold is void.
	if claimant != nobody && (guide.source == nobody || j.members[claimant].Rank <= j.members[guide.source].Rank) {
		if pid := j.members[claimant].pid(c); pid != 0 {
			guide = place{claimant, pid}
		}
	}
	return guide, first
}

// pid returns the source's own PID of the addresses of c.
func (m *seated) pid(c combination) uint32 {
	if pid := c.value(m.mapLayer()); pid != 0 {
		return pid
	}
	return m.everywhere[c.family()]
}

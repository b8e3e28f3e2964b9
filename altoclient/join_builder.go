package altoclient

import (
	"slices"
	"sync"
)

// joiner makes one [join] after the other, each from the one before: it knows
// which prefix has which combination, and looks only at those within the prefixes
// that a change is about. What it has handed out never changes; the tables share
// what they have in common.
type joiner struct {
	mu      sync.Mutex
	latest  *join // the only one to go on from
	members []seated
	seats   uint32 // how many there have been

	table  *table
	combos []combination // by number; combos[0] is that of invalid addresses
	number map[combination]uint32
	used   []int // by number: how many prefixes of the table have it
	live   int   // how many numbers are used
	key    []byte
}

// seated is a member with its place in combinations: its map is the layer 2*seat,
// its claims the layer 2*seat+1.
type seated struct {
	Member
	seat       uint32
	everywhere [families]uint32 // its PIDs of 0.0.0.0/0 and ::/0
	claimsAll  [families]bool
}

func (m seated) mapLayer() uint32   { return 2 * m.seat }
func (m seated) claimLayer() uint32 { return 2*m.seat + 1 }

// Numbers that nothing has any more are kept, for a map that comes back, until
// there are this many more of them than of the others.
const deadNumbers = 4096

// joinAfter joins members. It goes on from previous if that is the latest of its
// joiner, and begins anew otherwise.
func joinAfter(previous *Atlas, members []Member) (*joiner, *join) {
	if j := previous.joiner; j != nil {
		j.mu.Lock()
		defer j.mu.Unlock()
		if j.latest == previous.join && len(j.combos) <= 2*j.live+deadNumbers {
			j.latest = j.update(members)
			return j, j.latest
		}
	}
	j := newJoiner()
	j.latest = j.update(members)
	return j, j.latest
}

func newJoiner() *joiner {
	j := &joiner{table: new(table), combos: make([]combination, 1), used: make([]int, 1), number: make(map[combination]uint32)}
	for family := range families {
		j.intern([]byte(everythingElse(family)))
	}
	return j
}

// otherwise is the number of what no prefix of the table holds.
func otherwise(family int) uint32 { return 1 + uint32(family) }

// update makes the join of members.
func (j *joiner) update(members []Member) *join {
	next := make([]seated, len(members))
	var todo []change
	for i, m := range members {
		now := j.seat(m)
		todo = append(todo, now.changesFrom(j.find(m.Name))...)
		next[i] = *now
	}
	for i := range j.members {
		old := &j.members[i]
		if !slices.ContainsFunc(next, func(m seated) bool { return m.seat == old.seat }) {
			gone := seated{seat: old.seat}
			todo = append(todo, gone.changesFrom(old)...)
		}
	}
	if j.members == nil {
		j.replace(func() []edit { return j.build(todo) })
	} else {
		for _, c := range todo {
			j.replace(func() []edit { return j.edits(c) })
		}
	}
	j.members = next
	return j.freeze()
}

func (j *joiner) find(name string) *seated {
	i := slices.IndexFunc(j.members, func(m seated) bool { return m.Name == name })
	if i < 0 {
		return nil
	}
	return &j.members[i]
}

func (j *joiner) seat(m Member) *seated {
	if old := j.find(m.Name); old != nil {
		now := *old
		now.Member = m
		return &now
	}
	j.seats++
	return &seated{Member: m, seat: j.seats}
}

// change is one layer before and after.
type change struct {
	layer         uint32
	before, after []statement
}

// changesFrom returns what is other than in old, which may be nil, and notes what
// m says of everything.
func (m *seated) changesFrom(old *seated) []change {
	if old == nil {
		old = new(seated)
	}
	var list []change
	if m.View == nil || old.View == nil || m.Numbering != old.Numbering {
		before, after := old.prefixes(), m.prefixes()
		m.everywhere = after.everywhere
		list = append(list, change{m.mapLayer(), before.statements, after.statements})
	}
	if !slices.Equal(m.Requesters, old.Requesters) {
		before, after := claimsOf(old.Requesters), claimsOf(m.Requesters)
		for family, value := range after.everywhere {
			m.claimsAll[family] = value != 0
		}
		list = append(list, change{m.claimLayer(), before.statements, after.statements})
	}
	return list
}

func (m *seated) prefixes() layer {
	if m.View == nil {
		return layer{}
	}
	return layerOf(m.View.Prefixes())
}

// intern returns the number of a combination, a new one if need be.
func (j *joiner) intern(key []byte) uint32 {
	if number, ok := j.number[combination(key)]; ok {
		return number
	}
	number := uint32(len(j.combos))
	c := combination(key)
	j.number[c] = number
	j.combos = append(j.combos, c)
	j.used = append(j.used, 0)
	return number
}

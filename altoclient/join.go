package altoclient

import (
	"cmp"
	"encoding/binary"
	"net/netip"
	"slices"
)

// join is the numbering of an [Atlas] of several sources: its prefix table and
// what each number stands for. It has nothing to do with costs.
type join struct {
	table       *table
	sources     int
	responsible []int    // by PID: which source guides it, or nobody
	pids        []uint32 // by PID, then by source: that source's own number
}

const nobody = -1

func (j *join) len() int { return len(j.responsible) - 1 }

func (j *join) pid(pid uint32, source int) uint32 {
	if int(pid) >= len(j.responsible) {
		return 0
	}
	return j.pids[int(pid)*j.sources+source]
}

// statement is what one source says of one prefix.
type statement struct {
	prefix netip.Prefix
	source int
	pid    uint32
	claim  bool // the source guides the prefix; pid is unused
}

// combination is what all sources together say of some addresses.
type combination struct {
	pids     []uint32 // by source
	claimant int      // the first source that claims the addresses, or nobody
}

// newJoin walks the union of all prefixes from the shortest to the longest. The
// addresses whose longest prefix in the union is P have, in each source, the PID
// of that source's longest prefix that holds P: a longer one would be in the
// union, too. So each prefix has what the prefix around it has, but for the
// sources that mention the prefix itself.
func newJoin(members []Member) *join {
	b := joinBuilder{
		members: members,
		join:    &join{table: new(table), sources: len(members)},
		number:  make(map[string]uint32),
	}
	b.intern(nobody, make([]uint32, len(members))) // PID 0
	statements := collect(members)
	for len(statements) > 0 {
		n := 1
		for n < len(statements) && statements[n].prefix == statements[0].prefix {
			n++
		}
		b.add(statements[0].prefix, statements[:n])
		statements = statements[n:]
	}
	b.sort()
	return b.join
}

func collect(members []Member) []statement {
	var all []statement
	for i, m := range members {
		for prefix, pid := range m.View.Prefixes() {
			all = append(all, statement{prefix: prefix.Masked(), source: i, pid: pid})
		}
		for _, prefix := range m.Requesters {
			all = append(all, statement{prefix: prefix.Masked(), source: i, claim: true})
		}
	}
	// Around comes before within.
	slices.SortFunc(all, func(a, b statement) int { return a.prefix.Compare(b.prefix) })
	return all
}

type joinBuilder struct {
	*join
	members []Member
	number  map[string]uint32 // by responsible source and pids
	around  []enclosing       // the prefixes that hold the current one, shortest first
	key     []byte
}

type enclosing struct {
	prefix netip.Prefix
	combination
	number uint32
}

// add gives prefix its number.
func (b *joinBuilder) add(prefix netip.Prefix, said []statement) {
	// Of two prefixes that hold one address the shorter one came first.
	for len(b.around) > 0 && !b.around[len(b.around)-1].prefix.Contains(prefix.Addr()) {
		b.around = b.around[:len(b.around)-1]
	}
	parent := enclosing{combination: combination{pids: make([]uint32, b.sources), claimant: nobody}}
	if n := len(b.around); n > 0 {
		parent = b.around[n-1]
	}
	c := combination{pids: slices.Clone(parent.pids), claimant: parent.claimant}
	for _, s := range said {
		switch {
		case !s.claim:
			c.pids[s.source] = s.pid
		case c.claimant == nobody || s.source < c.claimant:
			c.claimant = s.source
		}
	}
	number := b.intern(b.guide(c), c.pids)
	if number != parent.number {
		b.table.Insert(prefix, number)
	}
	b.around = append(b.around, enclosing{prefix, c, number})
}

// guide returns the source that is responsible for the addresses.
func (b *joinBuilder) guide(c combination) int {
	// A claim to addresses that the source's own map does not hold is void.
	if c.claimant != nobody && c.pids[c.claimant] != 0 {
		return c.claimant
	}
	for i, m := range b.members {
		if len(m.Requesters) == 0 && c.pids[i] != 0 && !m.View.Default(c.pids[i]) {
			return i
		}
	}
	return nobody
}

// intern returns the number of a combination, a new one if need be.
func (b *joinBuilder) intern(responsible int, pids []uint32) uint32 {
	b.key = binary.LittleEndian.AppendUint32(b.key[:0], uint32(responsible))
	for _, pid := range pids {
		b.key = binary.LittleEndian.AppendUint32(b.key, pid)
	}
	if number, ok := b.number[string(b.key)]; ok {
		return number
	}
	number := uint32(len(b.responsible))
	b.number[string(b.key)] = number
	b.responsible = append(b.responsible, responsible)
	b.pids = append(b.pids, pids...)
	return number
}

// sort numbers the combinations anew in the order of the sources' own numbers,
// so that rows have long runs.
func (b *joinBuilder) sort() {
	order := make([]uint32, len(b.responsible))
	for i := range order {
		order[i] = uint32(i)
	}
	of := func(number uint32) []uint32 { return b.pids[int(number)*b.sources:][:b.sources] }
	slices.SortFunc(order[1:], func(x, y uint32) int { // PID 0 stays
		return cmp.Or(slices.Compare(of(x), of(y)), cmp.Compare(b.responsible[x], b.responsible[y]))
	})
	renumbered := make([]uint32, len(order))
	responsible := make([]int, len(order))
	pids := make([]uint32, 0, len(b.pids))
	for to, from := range order {
		renumbered[from] = uint32(to)
		responsible[to] = b.responsible[from]
		pids = append(pids, of(from)...)
	}
	b.responsible, b.pids = responsible, pids
	final := new(table)
	for prefix, number := range b.table.All() {
		final.Insert(prefix, renumbered[number])
	}
	b.table = final
}

// expand turns a row of a source into a row of the join.
func (j *join) expand(source int, own *row) *row {
	r := new(row)
	if len(own.ends) == 0 {
		return r
	}
	for pid := range len(j.responsible) {
		cost, internal := undefined, false
		if p := j.pids[pid*j.sources+source]; p != 0 {
			i, exact := slices.BinarySearch(own.ends, p)
			if exact {
				i++ // ends are exclusive
			}
			if i < len(own.costs) {
				cost = own.costs[i]
				internal = own.internal != nil && own.internal[i]
			}
		}
		r.add(uint32(pid)+1, cost, internal)
	}
	if own.internal == nil {
		r.internal = nil
	}
	return r
}

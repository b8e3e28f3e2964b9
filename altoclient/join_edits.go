package altoclient

import (
	"cmp"
	"net/netip"
	"slices"
)

// edit is one prefix of the table with its new number, 0 to delete it.
type edit struct {
	prefix netip.Prefix
	number uint32
}

// enclosing is a prefix around the one at hand, with its new number.
type enclosing struct {
	prefix netip.Prefix
	number uint32
}

// edits finds what c changes in the table. The addresses whose longest prefix is
// P have, in each layer, the value of that layer's longest prefix around P: a
// longer one would be in the table, too. So within each prefix that changes, what
// is in the table and what is in the layer are looked at, from the shortest to
// the longest; each has the combination that it had, or that is around it, but
// for the layer. What then equals its surroundings need not be in the table.
func (j *joiner) edits(c change) []edit {
	var list []edit
	var around []enclosing
	values := cursor{rest: c.after}
	after := c.after
	for _, top := range changes(c.before, c.after) {
		around = append(around[:0], enclosing{number: j.outside(top)})
		for prefix, had := range j.points(top, &after) {
			for n := len(around); n > 1 && !around[n-1].prefix.Contains(prefix.Addr()); n-- {
				around = around[:n-1]
			}
			parent := around[len(around)-1].number
			// What is around has the combination that it had but for the layer, too.
			now := j.with(cmp.Or(had, parent), c.layer, values.value(prefix))
			around = append(around, enclosing{prefix, now})
			switch {
			case now == parent && had != 0:
				list = append(list, edit{prefix: prefix})
			case now != parent && now != had:
				list = append(list, edit{prefix, now})
			}
		}
	}
	return list
}

// outside returns the number of what is around prefix.
func (j *joiner) outside(prefix netip.Prefix) uint32 {
	if prefix.Bits() > 0 {
		wider := netip.PrefixFrom(prefix.Addr(), prefix.Bits()-1).Masked()
		if number, ok := j.table.LookupPrefix(wider); ok {
			return number
		}
	}
	return otherwise(familyOf(prefix.Addr()))
}

// points yields, in order, the prefixes within top that are in the table, with
// their numbers, or among the statements; after is moved behind the latter.
func (j *joiner) points(top netip.Prefix, after *[]statement) func(yield func(netip.Prefix, uint32) bool) {
	for len(*after) > 0 && (*after)[0].prefix.Compare(top) < 0 {
		*after = (*after)[1:]
	}
	within := func() bool { return len(*after) > 0 && top.Contains((*after)[0].prefix.Addr()) }
	return func(yield func(netip.Prefix, uint32) bool) {
		if !within() || (*after)[0].prefix != top {
			if _, ok := j.table.Get(top); !ok && !yield(top, 0) {
				return
			}
		}
		for prefix, number := range j.table.Subnets(top) {
			for within() && (*after)[0].prefix.Compare(prefix) < 0 {
				if !yield((*after)[0].prefix, 0) {
					return
				}
				*after = (*after)[1:]
			}
			if within() && (*after)[0].prefix == prefix {
				*after = (*after)[1:]
			}
			if !yield(prefix, number) {
				return
			}
		}
		for ; within(); *after = (*after)[1:] {
			if !yield((*after)[0].prefix, 0) {
				return
			}
		}
	}
}

// build finds the table of layers where there is none yet. That could be done one
// layer after the other, too, but would look at most prefixes many times.
func (j *joiner) build(layers []change) []edit {
	type said struct {
		statement
		layer uint32
	}
	n := 0
	for _, l := range layers {
		n += len(l.after)
	}
	all := make([]said, 0, n)
	for _, l := range layers {
		for _, s := range l.after {
			all = append(all, said{s, l.layer})
		}
	}
	slices.SortStableFunc(all, func(a, b said) int { return compareStatements(a.statement, b.statement) })
	list := make([]edit, 0, n)
	var around []enclosing
	for len(all) > 0 {
		prefix := all[0].prefix
		for len(around) > 0 && !around[len(around)-1].prefix.Contains(prefix.Addr()) {
			around = around[:len(around)-1]
		}
		parent := otherwise(familyOf(prefix.Addr()))
		if n := len(around); n > 0 {
			parent = around[n-1].number
		}
		// What only some of the layers have said stands for nothing, and gets no number.
		c := j.combos[parent]
		for {
			j.key = c.appendWith(j.key[:0], all[0].layer, all[0].value)
			if all = all[1:]; len(all) == 0 || all[0].prefix != prefix {
				break
			}
			c = combination(j.key)
		}
		number := j.intern(j.key)
		if number != parent {
			list = append(list, edit{prefix, number})
		}
		around = append(around, enclosing{prefix, number})
	}
	return list
}

// with returns the number of another one's combination with another value.
func (j *joiner) with(number, layer, value uint32) uint32 {
	j.key = j.combos[number].appendWith(j.key[:0], layer, value)
	return j.intern(j.key)
}

// replace makes edits.
func (j *joiner) replace(find func() []edit) {
	known := uint32(len(j.combos))
	list := find()
	j.sort(known, list)
	j.apply(list)
}

// sort gives the numbers from known on, which only list has yet, to their
// combinations in the order of layers and values, so that rows have long runs.
func (j *joiner) sort(known uint32, list []edit) {
	fresh := j.combos[known:]
	unsorted := slices.Clone(fresh)
	slices.Sort(fresh)
	for i, c := range fresh {
		j.number[c] = known + uint32(i)
	}
	for i, e := range list {
		if e.number >= known {
			list[i].number = j.number[unsorted[e.number-known]]
		}
	}
}

// A persistent edit copies the nodes on its way; beyond this share of the table,
// one copy of everything is less work.
const persistentShare = 256

func (j *joiner) apply(list []edit) {
	if len(list) == 0 {
		return
	}
	persistent := len(list) <= j.table.Size()/persistentShare
	if !persistent {
		j.table = j.table.Clone()
	}
	for _, e := range list {
		if had, ok := j.table.Get(e.prefix); ok {
			j.use(had, -1)
		}
		j.use(e.number, 1)
		switch {
		case persistent && e.number == 0:
			j.table = j.table.DeletePersist(e.prefix)
		case persistent:
			j.table = j.table.InsertPersist(e.prefix, e.number)
		case e.number == 0:
			j.table.Delete(e.prefix)
		default:
			j.table.Insert(e.prefix, e.number)
		}
	}
}

func (j *joiner) use(number uint32, n int) {
	if number == 0 {
		return
	}
	was := j.used[number]
	j.used[number] += n
	switch {
	case was == 0:
		j.live++
	case j.used[number] == 0:
		j.live--
	}
}

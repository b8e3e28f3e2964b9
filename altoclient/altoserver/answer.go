package altoserver

import (
	"slices"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/altracker/altracker/altoclient"
)

// answer writes the costs that a question wants, between PIDs.
type answer struct {
	question
	columns []column // by type
	probes  []column // by tested type
}

// column has the costs of one type.
type column struct {
	slots    []*altoclient.CostMap
	calendar altoclient.Calendar // zero: there is one slot, and the cost is no array
	rank     func(cost float32) float32
}

// single is the column of what holds now; rank, if not nil, tells what to answer
// in place of a cost.
func single(m *altoclient.CostMap, rank func(float32) float32) column {
	return column{slots: []*altoclient.CostMap{m}, rank: rank}
}

// columnsOf returns what the set has of some types, as calendars where wanted.
func (s *mapSet) columnsOf(types []altoclient.CostType, calendars []bool, derived func(altoclient.CostType) column) []column {
	columns := make([]column, len(types))
	for i, t := range types {
		k, ok := s.cost(t)
		switch {
		case !ok:
			columns[i] = derived(t)
		case calendars != nil && calendars[i] && k.calendar():
			columns[i] = column{slots: k.Slots, calendar: k.Calendar}
		default:
			columns[i] = single(k.now(), nil)
		}
	}
	return columns
}

// answer prepares the answer to a question; derived makes the column of a type
// that there is no map of.
func (s *mapSet) answer(q question, derived func(altoclient.CostType) column) *answer {
	a := &answer{question: q, columns: s.columnsOf(q.types, q.calendars, derived)}
	if q.tests != nil {
		a.probes = s.columnsOf(q.tested, nil, derived)
	}
	return a
}

// width is how many numbers there are for a pair at most.
func (s *mapSet) width(q question) int {
	n := 0
	for i, t := range q.types {
		n++
		if k, _ := s.cost(t); q.calendars[i] && k.calendar() {
			n += len(k.Slots) - 1
		}
	}
	return n
}

// cost returns what is to be said of a pair in one slot, NaN if it is undefined.
func (c column) cost(slot int, src, dst uint32) float32 {
	cost := c.slots[slot].Cost(src, dst)
	if c.rank != nil && cost == cost {
		return c.rank(cost)
	}
	return cost
}

// wants tells whether a pair passes the tests, and has any cost at all.
func (a *answer) wants(src, dst uint32) bool {
	return a.passes(src, dst) && slices.ContainsFunc(a.columns, func(c column) bool { return c.defined(src, dst) })
}

func (a *answer) passes(src, dst uint32) bool {
	for _, group := range a.tests {
		if a.passesAll(group, src, dst) {
			return true
		}
	}
	return len(a.tests) == 0
}

// passesAll knows that a cost that is undefined meets no constraint.
func (a *answer) passesAll(group []test, src, dst uint32) bool {
	for _, t := range group {
		if !t.Allows(a.probes[t.index].cost(0, src, dst)) {
			return false
		}
	}
	return true
}

func (c column) defined(src, dst uint32) bool {
	return slices.ContainsFunc(c.slots, func(m *altoclient.CostMap) bool {
		cost := m.Cost(src, dst)
		return cost == cost
	})
}

// appendPair appends what there is to say of a pair.
func (a *answer) appendPair(b []byte, src, dst uint32) []byte {
	if !a.array {
		return a.columns[0].append(b, src, dst)
	}
	b = append(b, '[')
	for i, c := range a.columns {
		if i > 0 {
			b = append(b, ',')
		}
		b = c.append(b, src, dst)
	}
	return append(b, ']')
}

func (c column) append(b []byte, src, dst uint32) []byte {
	if c.calendar.Intervals == 0 {
		return appendCost(b, c.cost(0, src, dst))
	}
	if !c.defined(src, dst) {
		return append(b, "null"...)
	}
	b = append(b, '[')
	for slot := range c.slots {
		if slot > 0 {
			b = append(b, ',')
		}
		b = appendCost(b, c.cost(slot, src, dst))
	}
	return append(b, ']')
}

func appendCost(b []byte, cost float32) []byte {
	if cost != cost {
		return append(b, "null"...)
	}
	return strconv.AppendFloat(b, float64(cost), 'g', -1, 32)
}

// answerMeta is the meta of answers with costs.
type answerMeta struct {
	DependentVtags []vtag     `json:"dependent-vtags,omitempty"`
	CostType       *costType  `json:"cost-type,omitzero"`
	MultiCostTypes []costType `json:"multi-cost-types,omitempty"`
	Calendars      []calendar `json:"calendar-response-attributes,omitempty"`
}

// appendMeta opens a document: all before the sources of the costs, which are
// called field.
func (a *answer) appendMeta(b []byte, about []vtag, field string) []byte {
	meta := answerMeta{DependentVtags: about, Calendars: a.calendarAttributes()}
	types := costTypes(a.types)
	if a.array {
		meta.MultiCostTypes = types
	} else {
		meta.CostType = &types[0]
	}
	if a.array && about != nil {
		meta.CostType = &costType{} // RFC 8189 section 4.1.3; its example of endpoint costs has none
	}
	text, _ := json.Marshal(meta) // strings and numbers
	b = append(b, `{"meta":`...)
	b = append(b, text...)
	b = append(b, `,"`...)
	b = append(b, field...)
	return append(b, `":{`...)
}

// calendarAttributes says what the arrays of the answer are (RFC 8896 section
// 5.1.2), equal ones once.
func (a *answer) calendarAttributes() (list []calendar) {
	var seen []altoclient.Calendar
	for i, c := range a.columns {
		if c.calendar.Intervals == 0 {
			continue
		}
		n := slices.Index(seen, c.calendar)
		if n < 0 {
			n = len(seen)
			seen = append(seen, c.calendar)
			list = append(list, calendarOf(c.calendar).answered(c.calendar))
		}
		if a.array {
			list[n].CostTypeNames = append(list[n].CostTypeNames, costTypeName(a.types[i]))
		}
	}
	return list
}

// end is one end of pairs.
type end struct {
	member []byte // how what is said of it begins: its name and a colon
	pid    uint32
}

func newEnd(name string, pid uint32) end {
	member, _ := jsontext.AppendQuote(nil, name)
	return end{append(member, ':'), pid}
}

// appendPairs appends the costs of all pairs, by source. Pairs that are not wanted
// and sources without any are left out.
func (a *answer) appendPairs(b []byte, srcs, dsts []end) []byte {
	first := true
	for _, src := range srcs {
		before := len(b)
		if !first {
			b = append(b, ',')
		}
		b = append(b, src.member...)
		b = append(b, '{')
		open := len(b)
		for _, dst := range dsts {
			if !a.wants(src.pid, dst.pid) {
				continue
			}
			if len(b) > open {
				b = append(b, ',')
			}
			b = append(b, dst.member...)
			b = a.appendPair(b, src.pid, dst.pid)
		}
		if len(b) == open {
			b = b[:before]
			continue
		}
		b = append(b, '}')
		first = false
	}
	return append(b, "}}"...)
}

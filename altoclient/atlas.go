package altoclient

import (
	"net/netip"
	"slices"

	"github.com/gaissmai/bart"
)

// Member is one source's part in an [Atlas].
type Member struct {
	Name string
	View View

	// Requesters is whom the source guides; none means everybody whom the View
	// places outside its default PID.
	Requesters []netip.Prefix

	// Numbering changes when, and only when, the View's PIDs change their
	// meaning: which prefixes they hold, or their names.
	Numbering uint64
}

// Atlas joins the Views of several sources into one map. It never changes.
//
// A PID of an Atlas is one combination of PIDs of its sources, together with the
// source that is responsible for it: the first one, in their order, that claims
// the address among its requesters or that has no such claims and places the
// address outside its default PID. Costs are those of the responsible source;
// costs of different sources are never compared (RFC 8686 section 4.1).
//
// With a single source that claims nobody in particular, the PIDs are that
// source's own and nothing is copied. The zero Atlas places everybody in PID 0
// and guides nobody.
type Atlas struct {
	members []Member
	join    *join // nil if there is at most one source and nothing to split
	epoch   uint64
	version uint64
	rows    rowOwner
}

// NewAtlas joins members, those without a View left out. It takes the numbering
// from previous, which may be nil, if nothing has changed but costs. Rows that
// are joined are kept in rows, which may be nil.
func NewAtlas(previous *Atlas, members []Member, rows *RowCache) *Atlas {
	if previous == nil {
		previous = new(Atlas)
	}
	present := slices.DeleteFunc(slices.Clone(members), func(m Member) bool { return m.View == nil })
	a := &Atlas{
		members: present,
		epoch:   previous.epoch,
		version: previous.version + 1,
		rows:    rows.owner(),
	}
	if slices.EqualFunc(previous.members, present, sameNumbering) {
		a.join = previous.join
		return a
	}
	a.epoch++
	if len(present) > 1 || len(present) == 1 && len(present[0].Requesters) > 0 {
		a.join = newJoin(present)
	}
	return a
}

func sameNumbering(a, b Member) bool {
	return a.Name == b.Name && a.Numbering == b.Numbering && slices.Equal(a.Requesters, b.Requesters)
}

// Epoch changes when, and only when, PID numbers change their meaning.
func (a *Atlas) Epoch() uint64 { return a.epoch }

// Version changes whenever anything changes.
func (a *Atlas) Version() uint64 { return a.version }

// PIDs returns how many PIDs there are.
func (a *Atlas) PIDs() int {
	switch {
	case a.join != nil:
		return a.join.len()
	case len(a.members) == 1:
		return a.members[0].View.PIDs()
	}
	return 0
}

// PID returns the PID of the longest prefix that holds addr, or 0. The address
// must be unmapped.
func (a *Atlas) PID(addr netip.Addr) uint32 {
	switch {
	case a.join != nil:
		pid, _ := a.join.table.Lookup(addr)
		return pid
	case len(a.members) == 1:
		return a.members[0].View.PID(addr)
	}
	return 0
}

// Name returns the source that guides the requesters of pid, empty if none does,
// and the name that it gives to pid; if none does, the name is that of the first
// source that has one.
func (a *Atlas) Name(pid uint32) (source, name string) {
	if guide, home := a.guide(pid); guide != nil {
		return guide.Name, guide.View.Name(home)
	}
	for i, m := range a.members {
		if own := a.own(pid, i); own != 0 {
			return "", m.View.Name(own)
		}
	}
	return "", ""
}

// Ordinal tells whether the costs that judge home are ranks.
func (a *Atlas) Ordinal(home uint32) bool {
	guide, _ := a.guide(home)
	return guide != nil && guide.View.Ordinal()
}

// Row returns the network as the source responsible for home sees it, run-length
// coded in the order of PIDs: run i holds the PIDs from the end of the run before
// it (0 at first) up to, not including, ends[i]; the last end is PIDs()+1.
// costs[i] is the cost from each PID of the run to home, or from home to each of
// them if outward is set; NaN where the source states none. internal[i] tells
// whether the run belongs to the source's own network; a nil internal means that
// the source does not say. No runs mean that nobody guides home. Callers must not
// write to the slices.
func (a *Atlas) Row(home uint32, outward bool) (ends []uint32, costs []float32, internal []bool) {
	guide, own := a.guide(home)
	if guide == nil {
		return nil, nil, nil
	}
	if a.join == nil {
		return guide.View.Row(own, outward)
	}
	r := a.rows.row(home, outward, func() *row {
		ends, costs, internal := guide.View.Row(own, outward)
		return a.join.expand(a.join.responsible[home], &row{ends, costs, internal})
	})
	return r.ends, r.costs, r.internal
}

// guide returns the source that is responsible for pid, with its own number for
// it; nil if there is none.
func (a *Atlas) guide(pid uint32) (*Member, uint32) {
	if a.join != nil {
		if int(pid) >= len(a.join.responsible) || a.join.responsible[pid] == nobody {
			return nil, 0
		}
		i := a.join.responsible[pid]
		return &a.members[i], a.join.pid(pid, i)
	}
	if len(a.members) == 0 {
		return nil, 0
	}
	m := &a.members[0]
	if pid == 0 || int(pid) > m.View.PIDs() || m.View.Default(pid) {
		return nil, 0
	}
	return m, pid
}

// own returns the number that source i has for pid, 0 if none.
func (a *Atlas) own(pid uint32, i int) uint32 {
	if a.join == nil {
		return pid
	}
	return a.join.pid(pid, i)
}

// table is what a join looks addresses up in.
type table = bart.Table[uint32]

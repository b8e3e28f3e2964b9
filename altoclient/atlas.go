package altoclient

import (
	"iter"
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

	// Rank comes before all claims: what a source of a lower rank guides, none of a
	// higher rank does, whatever it claims. Those of one rank must stand together,
	// the lower ones first.
	Rank int

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
	join    *join   // nil if there is at most one source and nothing to split
	joiner  *joiner // that made join
	epoch   uint64
	version uint64
	rows    []rowOwner // by member
	labels  labelCache // of join
}

// NewAtlas joins members, those without a View left out; no two may have one name.
// What has not changed since previous, which may be nil, is taken from there: the
// numbering, if only costs have changed, or else all prefixes that the changes are
// not about. That is quick if previous is the Atlas that was made last of its line;
// after an older one the work is done from the beginning. Rows that are joined are
// kept in rows, which may be nil.
func NewAtlas(previous *Atlas, members []Member, rows *RowCache) *Atlas {
	if previous == nil {
		previous = new(Atlas)
	}
	present := slices.DeleteFunc(slices.Clone(members), func(m Member) bool { return m.View == nil })
	a := &Atlas{members: present, epoch: previous.epoch, version: previous.version + 1}
	switch {
	case slices.EqualFunc(previous.members, present, sameNumbering):
		a.join, a.joiner = previous.join, previous.joiner
	case len(present) > 1 || len(present) == 1 && len(present[0].Requesters) > 0:
		a.joiner, a.join = joinAfter(previous, present)
		a.epoch++
	default:
		a.epoch++
	}
	a.ownRows(previous, rows)
	return a
}

// ownRows keeps the cached rows of the sources that say what they said before of
// the same numbers.
func (a *Atlas) ownRows(previous *Atlas, rows *RowCache) {
	a.rows = make([]rowOwner, len(a.members))
	for i, m := range a.members {
		if a.epoch == previous.epoch && i < len(previous.members) && m.View == previous.members[i].View {
			a.rows[i] = previous.rows[i]
		} else {
			a.rows[i] = rows.owner()
		}
	}
}

func sameNumbering(a, b Member) bool {
	return a.Name == b.Name && a.Rank == b.Rank && a.Numbering == b.Numbering && slices.Equal(a.Requesters, b.Requesters)
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
		return a.join.pid(addr)
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
	switch {
	case a.join != nil:
		if first := a.join.name(pid); first.source != nobody {
			return "", a.members[first.source].View.Name(first.pid)
		}
	case len(a.members) == 1:
		return "", a.members[0].View.Name(pid)
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
	source := a.join.guide(home).source
	// Homes that are one PID to their source have one row.
	r := a.rows[source].row(own, outward, func() *row {
		ends, costs, internal := guide.View.Row(own, outward)
		return a.join.expand(source, &row{ends, costs, internal})
	})
	return r.ends, r.costs, r.internal
}

// Homes yields the PIDs that are one with home to the source responsible for it,
// home among them, as ascending ranges from one PID up to, not including, another.
// There are several where other sources cut that source's PID.
func (a *Atlas) Homes(home uint32) iter.Seq2[uint32, uint32] {
	return func(yield func(uint32, uint32) bool) {
		if guide, own := a.guide(home); guide != nil && a.join != nil {
			a.join.ranges(a.join.guide(home).source, own, yield)
			return
		}
		yield(home, home+1)
	}
}

// guide returns the source that is responsible for pid, with its own number for
// it; nil if there is none.
func (a *Atlas) guide(pid uint32) (*Member, uint32) {
	if a.join != nil {
		guide := a.join.guide(pid)
		if guide.source == nobody {
			return nil, 0
		}
		return &a.members[guide.source], guide.pid
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

// Guides tells whether the source called name is responsible for any address.
func (a *Atlas) Guides(name string) bool {
	i := a.member(name)
	switch {
	case i < 0:
		return false
	case a.join != nil:
		return a.join.guided[i]
	}
	return guidesByDefault(a.members[i].View)
}

// shadows tells whether a source is there and yet responsible for no address.
func (a *Atlas) shadows(name string) bool { return a.member(name) >= 0 && !a.Guides(name) }

func (a *Atlas) member(name string) int {
	return slices.IndexFunc(a.members, func(m Member) bool { return m.Name == name })
}

// guidesByDefault tells whether view has a PID whose requesters its source guides
// unless others do.
func guidesByDefault(view View) bool {
	for _, pid := range view.Prefixes() {
		if !view.Default(pid) {
			return true
		}
	}
	return false
}

// table is what a join looks addresses up in.
type table = bart.Table[uint32]

// Source returns the name of the source that guides the requesters of pid, empty if
// none does. It allocates nothing.
func (a *Atlas) Source(pid uint32) string {
	if guide, _ := a.guide(pid); guide != nil {
		return guide.Name
	}
	return ""
}

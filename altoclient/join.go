package altoclient

import (
	"iter"
	"net/netip"
	"slices"
	"sort"
)

// join is the numbering of an [Atlas] of several sources: its prefix table and
// what each number stands for. It has nothing to do with costs and never changes.
type join struct {
	table      *table
	everywhere [families]uint32 // the numbers of what the table does not hold

	guides []place  // by number: who is responsible, with its own PID
	names  []place  // by number: whose PID names what nobody guides
	six    []bool   // by number: it is of IPv6
	views  []column // by source
	guided []bool   // by source: it is responsible for some prefix
}

// place is a PID of a source.
type place struct {
	source int // or nobody
	pid    uint32
}

const nobody = -1

// column is what one source says of all numbers.
type column struct {
	everywhere [families]uint32 // its PID of those that are not in numbers
	numbers    []uint32         // ascending
	pids       []uint32
}

func (j *join) len() int { return len(j.guides) - 1 }

func (j *join) pid(addr netip.Addr) uint32 {
	if number, ok := j.table.Lookup(addr); ok {
		return number
	}
	if !addr.IsValid() {
		return 0
	}
	return j.everywhere[familyOf(addr)]
}

func (j *join) guide(number uint32) place {
	if int(number) >= len(j.guides) {
		return place{source: nobody}
	}
	return j.guides[number]
}

func (j *join) name(number uint32) place {
	if int(number) >= len(j.names) {
		return place{source: nobody}
	}
	return j.names[number]
}

// seen yields every number above 0 with the PID that it is to a source.
func (j *join) seen(source int) iter.Seq2[uint32, uint32] {
	return func(yield func(uint32, uint32) bool) {
		view := &j.views[source]
		explicit := 0
		for number := uint32(1); int(number) < len(j.six); number++ {
			pid := view.everywhere[family4]
			if j.six[number] {
				pid = view.everywhere[family6]
			}
			if explicit < len(view.numbers) && view.numbers[explicit] == number {
				pid = view.pids[explicit]
				explicit++
			}
			if !yield(number, pid) {
				return
			}
		}
	}
}

// own returns the PID that a number is to a source; 0 if the source has none for it.
func (j *join) own(source int, number uint32) uint32 {
	if number == 0 || int(number) >= len(j.six) {
		return 0
	}
	view := &j.views[source]
	if i, ok := slices.BinarySearch(view.numbers, number); ok {
		return view.pids[i]
	}
	if j.six[number] {
		return view.everywhere[family6]
	}
	return view.everywhere[family4]
}

// ranges yields the numbers that are pid to a source, as ranges.
func (j *join) ranges(source int, pid uint32, yield func(uint32, uint32) bool) {
	start := uint32(0) // of the range that is open, 0 if none is
	for number, at := range j.seen(source) {
		switch {
		case at == pid && start == 0:
			start = number
		case at != pid && start != 0:
			if !yield(start, number) {
				return
			}
			start = 0
		}
	}
	if start != 0 {
		yield(start, uint32(len(j.six)))
	}
}

// expand turns a row of a source into a row of the join.
func (j *join) expand(source int, own *row) *row {
	r := new(row)
	if len(own.ends) == 0 {
		return r
	}
	view := &j.views[source]
	elsewhere := [families]cell{own.cell(view.everywhere[family4]), own.cell(view.everywhere[family6])}
	explicit := 0
	var last cell // of the last explicit PID: neighbours are mostly alike
	r.add(1, undefined, false)
	for number := uint32(1); int(number) < len(j.six); number++ {
		at := elsewhere[family4]
		if j.six[number] {
			at = elsewhere[family6]
		}
		if explicit < len(view.numbers) && view.numbers[explicit] == number {
			if pid := view.pids[explicit]; pid < last.first || pid >= last.end {
				last = own.cell(pid)
			}
			at = last
			explicit++
		}
		r.add(number+1, at.cost, at.internal)
	}
	if own.internal == nil {
		r.internal = nil
	}
	return r
}

// cell is what a row says of the PIDs from first up to, not including, end.
type cell struct {
	first, end uint32
	cost       float32
	internal   bool
}

// cell returns what the row says of pid; 0 is undefined.
func (r *row) cell(pid uint32) cell {
	i := sort.Search(len(r.ends), func(i int) bool { return pid < r.ends[i] })
	if pid == 0 || i == len(r.ends) {
		return cell{first: pid, end: pid, cost: undefined}
	}
	c := cell{end: r.ends[i], cost: r.costs[i], internal: r.internal != nil && r.internal[i]}
	if i > 0 {
		c.first = r.ends[i-1]
	}
	return c
}

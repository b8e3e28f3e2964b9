package swarm

import (
	"slices"
	"unsafe"
)

// tell appends the peers that were picked to peers, counts those that are the requester's own,
// and tells whether none of them is known too well.
func (d *draw[K]) tell(peers []byte) (_ []byte, fine bool) {
	end, room := len(peers), len(d.picked)*int(unsafe.Sizeof(record[K]{}.key))
	peers = slices.Grow(peers, room)[:end+room]
	all, home := tellAll(d.heads, d.picked, keysIn[K](peers[end:]), d.pid)
	d.home = home
	d.countOthers()
	return peers, all.renown() < d.limit || !slices.ContainsFunc(d.picked, func(h handle) bool { return d.record(h).is.renown() >= d.limit })
}

// tellAll is tell without the lists around it. All that must be read of a peer is read at once:
// it stands in memory that is far. It returns what the peers' marks come to together, of which
// the renown is not below that of any, and how many of them are of a PID.
func tellAll[K key](heads []unsafe.Pointer, picked []handle, out []K, pid PID) (all mark, home int) {
	out = out[:len(picked)]
	for i := range picked {
		r := recordAt[K](heads, picked[i])
		is := r.is
		all |= is // no branch waits to know whose it is
		home += less(is.pid()^pid, 1)
		copyKey(&out[i], &r.key)
	}
	return all, home
}

// countOthers counts the picks of other PIDs that are the requester's own, too.
func (d *draw[K]) countOthers() {
	if len(d.walk.home) == 0 {
		return
	}
	for _, h := range d.picked {
		if is := d.record(h).is.pid(); is != d.pid && contains(d.walk.home, is) {
			d.home++
		}
	}
}

// introduce notes of whom the reply tells that they are known better now: of one in d.counted,
// so that the others, which stand in memory that is far, need not be written.
func (d *draw[K]) introduce() {
	if d.counted == 0 {
		return
	}
	for i := int(d.dice.below(uint32(d.counted))); i < len(d.picked); i += d.counted {
		r := d.record(d.picked[i])
		r.is = r.is.introduced(uint32(d.dice.roll()))
	}
}

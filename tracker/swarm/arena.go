package swarm

// arena keeps many short lists of positions in one slice: one heap object for all
// the groups of a pool. A list lies in an extent of 2^class cells; an extent that
// is given up is chained to others of its class through its first cell.
type arena struct {
	cells []uint32
	free  [32]uint32 // by class: offset of the first free extent plus one, 0 if none
}

// list is the place of one list in an arena; the zero list is empty.
type list struct {
	off   uint32
	n     uint32
	class uint8 // of the extent; without meaning when n is 0
}

func (a *arena) at(l *list, i uint32) uint32 { return a.cells[l.off+i] }

func (a *arena) set(l *list, i, v uint32) { a.cells[l.off+i] = v }

// push appends v and returns its place in l.
func (a *arena) push(l *list, v uint32) uint32 {
	switch {
	case l.n == 0:
		l.class = 0
		l.off = a.alloc(0)
	case l.n == 1<<l.class:
		a.move(l, l.class+1)
	}
	i := l.n
	a.cells[l.off+i] = v
	l.n++
	return i
}

// remove takes out the i-th element and puts the last in its place. It returns
// the element that now stands at i, and whether there is one.
func (a *arena) remove(l *list, i uint32) (moved uint32, ok bool) {
	l.n--
	if l.n == 0 {
		a.release(l.off, l.class)
		*l = list{}
		return 0, false
	}
	moved = a.cells[l.off+l.n]
	ok = i != l.n
	a.cells[l.off+i] = moved
	if l.class > 0 && l.n <= 1<<l.class/4 {
		a.move(l, l.class-1)
	}
	return moved, ok
}

// move copies l into an extent of another class.
func (a *arena) move(l *list, class uint8) {
	off := a.alloc(class)
	copy(a.cells[off:off+l.n], a.cells[l.off:l.off+l.n])
	a.release(l.off, l.class)
	l.off, l.class = off, class
}

func (a *arena) alloc(class uint8) uint32 {
	if head := a.free[class]; head != 0 {
		a.free[class] = a.cells[head-1]
		return head - 1
	}
	off := len(a.cells)
	a.cells = append(a.cells, make([]uint32, 1<<class)...)
	return uint32(off)
}

func (a *arena) release(off uint32, class uint8) {
	a.cells[off] = a.free[class]
	a.free[class] = off + 1
}

package swarm

import "unsafe"

// sequence is peers in the order of their places, and by hash within a place. So a peer
// is found by its address, the peers of any range of PIDs stand together, and how many
// they are is known without counting: no index, no lists of members. While the peers are
// few they are one block; then they are the blocks of a tree.
type sequence[K key] struct {
	only  block[K]
	tree  *tree[K]  // nil while there is one block
	count [2]uint32 // by Role
}

// handle says where a peer of a sequence stands: the number of its block and its place
// there. Handles rise along the sequence; they are valid until it changes.
type handle uint32

func handleOf(block, i int) handle { return handle(block)<<blockBits + handle(i) }

func (h handle) block() int { return int(h >> blockBits) }
func (h handle) pos() int   { return int(h & (blockMax - 1)) }

// nobody is the handle of no peer.
const nobody = ^handle(0)

func (q *sequence[K]) len() int { return int(q.count[Leecher] + q.count[Seeder]) }

// all returns the blocks, be they one or many.
func (q *sequence[K]) all() []block[K] {
	if q.tree == nil {
		return unsafe.Slice(&q.only, 1)
	}
	return q.tree.blocks
}

func (q *sequence[K]) blocks() int { return len(q.all()) }

func (q *sequence[K]) block(i int) *block[K] { return &q.all()[i] }

func (q *sequence[K]) record(h handle) *record[K] { return &q.block(h.block()).records[h.pos()] }

// role returns the role of a peer, which is where it stands.
func (q *sequence[K]) role(h handle) Role { return q.record(h).is.role() }

// find returns the peer of an address in a PID, or nobody. It is looked for among those of
// role first.
func (q *sequence[K]) find(k K, pid PID, role Role, s secret) handle {
	pid = placeOf(role, pid).pid()
	if q.tree == nil {
		return q.findIn(0, &k, pid)
	}
	hash := hashOf(s, &k)
	for _, r := range [2]Role{role, 1 - role} {
		var h handle
		o := orderOf(placeOf(r, pid), hash)
		if q.charted() {
			h = q.findAbout(&k, o)
		} else {
			h = q.findIn(q.tree.holding(o), &k, pid)
		}
		if h != nobody {
			return h
		}
	}
	return nobody
}

// findIn looks through a block for the peer of an address in a PID. Halving would take fewer
// steps, but each would wait for memory.
func (q *sequence[K]) findIn(block int, k *K, pid PID) handle {
	records := q.block(block).records
	for i := range records {
		if records[i].isOf(k, pid) {
			return handleOf(block, i)
		}
	}
	return nobody
}

// seek returns where the first record that is not before o is, or would be: its block and
// its place there.
func (q *sequence[K]) seek(o order, s secret) (b, i int) {
	switch {
	case q.tree == nil:
	case q.charted():
		return q.seekAbout(o, s)
	default:
		b = q.tree.holding(o)
	}
	return b, q.block(b).lowerBound(o, s)
}

// at returns the first peer of an order that is there.
func (q *sequence[K]) at(o order, s secret) handle { return handleOf(q.seek(o, s)) }

// insert enters a peer that is not there.
func (q *sequence[K]) insert(r record[K], n news, keep keeping, s secret) handle {
	q.count[r.is.role()]++
	o := r.order(s)
	b, i := q.seek(o, s)
	if q.tree == nil {
		q.only.insert(i, r, n, keep)
		if len(q.only.records) == blockFull {
			q.tree = newTree(q.only, s)
			q.only = block[K]{}
			return q.find(r.key, r.is.pid(), r.is.role(), s)
		}
		return handleOf(0, i)
	}
	q.tree.blocks[b].insert(i, r, n, keep)
	q.tree.shift(r.is.place(), b, 1)
	if len(q.tree.blocks[b].records) == blockFull {
		q.tree.split(b, s)
		q.chart()
		return q.find(r.key, r.is.pid(), r.is.role(), s)
	}
	return handleOf(b, i)
}

// remove takes a peer out.
func (q *sequence[K]) remove(h handle) {
	p := q.record(h).is.place()
	q.count[p.role()]--
	q.block(h.block()).remove(h.pos())
	if q.tree != nil {
		q.tree.shift(p, h.block(), -1)
		q.settle(h.block())
	}
}

// settle joins a block that has become small with a neighbour, and makes one block of a
// tree that has.
func (q *sequence[K]) settle(b int) {
	t := q.tree
	if len(t.blocks) > 1 && t.fill[b] < blockMin {
		t.join(b)
		q.chart()
	}
	if len(t.blocks) == 1 && t.fill[0] <= blockMax/2 {
		q.only, q.tree = t.blocks[0], nil
		q.only.shrink()
	}
}

// begin returns the handle of the first peer whose place is not before p; it may stand
// behind the last one of a block.
func (q *sequence[K]) begin(p place) handle {
	switch p {
	case 0:
		return 0
	case behindAll:
		return q.end() // no order says so
	}
	if q.charted() {
		return q.tree.places.begin(p)
	}
	b := q.holding(p)
	return handleOf(b, q.block(b).begin(p))
}

// holding returns the block that p, which is not behind all, begins in.
func (q *sequence[K]) holding(p place) int {
	if q.tree == nil {
		return 0
	}
	return q.tree.holding(orderOf(p, 0))
}

// end returns the handle behind the last peer.
func (q *sequence[K]) end() handle {
	last := q.blocks() - 1
	return handleOf(last, len(q.block(last).records))
}

// rank returns how many peers are before h.
func (q *sequence[K]) rank(h handle) uint32 {
	if q.tree == nil {
		return uint32(h)
	}
	return q.tree.sums.before(h.block()) + uint32(h.pos())
}

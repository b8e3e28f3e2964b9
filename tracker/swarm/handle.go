package swarm

// handle says where a peer of a pool stands: its role and its position in the
// array of that role. It is valid until the pool changes.
type handle uint32

func handleOf(r Role, pos uint32) handle { return handle(r)<<31 | handle(pos) }

func (h handle) role() Role  { return Role(h >> 31) }
func (h handle) pos() uint32 { return uint32(h &^ (1 << 31)) }

// nobody is the handle of no peer.
const nobody = ^handle(0)

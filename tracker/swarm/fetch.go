//go:build amd64 || arm64

package swarm

import "unsafe"

// fetch has the processor fetch the n bytes at p to its nearest cache, and does not wait for
// them. What is read by Go code inside a lock is waited for when the lock is given back.
//
//go:noescape
func fetch(p unsafe.Pointer, n uintptr)

// fetchEach has the processor fetch the records at handles: heads is where the records of each
// block begin, size is that of a record. The handles are of peers.
//
//go:noescape
func fetchEach(heads []unsafe.Pointer, size uintptr, handles []handle)

// The assembly knows how handles are made.
const _ = uint(blockBits-7) + uint(7-blockBits) + uint(unsafe.Sizeof(nobody)-4)

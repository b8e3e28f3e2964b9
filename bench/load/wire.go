package load

import "time"

// wire carries a worker's datagrams to the target, from any of its sources, and
// back. Sources are given by their number.
type wire interface {
	// stage readies a datagram, which it copies, for the next flush. It tells
	// whether there is room for one more.
	stage(source int, datagram []byte) (more bool)

	// flush sends what was staged.
	flush() error

	// receive waits for datagrams, for so long at most, and returns how many there
	// are, possibly none.
	receive(wait time.Duration) (int, error)

	// packet returns one of the datagrams received last; nil if it is not from the
	// target.
	packet(i int) []byte

	close()
}

// batch is how many datagrams a wire carries at a time.
const batch = 64

// maxReply is the longest datagram that is looked at.
const maxReply = 4096

// maxRequest is the longest request: a scrape of maxScrape info hashes, an announce
// with a path of some kilobytes.
const maxRequest = 4096

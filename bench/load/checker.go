package load

import (
	"encoding/binary"
	"time"
)

// reply is an answered announce, whatever it came by. Its slices are the worker's.
type reply struct {
	interval             int64 // seconds
	complete, incomplete int64
	peers4, peers6       []byte // compact (BEP 23, BEP 7)
}

// longestInterval is what a tracker may reasonably ask for, in seconds.
const longestInterval = int64(7 * 24 * time.Hour / time.Second)

// checker tells what is wrong with replies. It belongs to one worker.
type checker struct {
	pop      *population
	presence *presence
	tally    *tally
	trust    bool
	self     bool
	numWant  int

	seen   []stamp // open addressing, by the peer's number
	served uint32  // of which reply the stamps in force are
	held   int     // stamps in force
}

type stamp struct{ reply, peer uint32 }

// seenSize is the number of stamps, a power of two; half of them are used, after
// which peers of one reply are no longer held against each other.
const seenSize = 4096

func newChecker(g *Generator, t *tally) checker {
	return checker{
		pop: g.pop, presence: g.presence, tally: t,
		trust: g.config.TrustPeers, self: g.config.AllowSelf, numWant: g.config.NumWant,
		seen: make([]stamp, seenSize),
	}
}

// announce checks the reply to an announce and returns how many peers it holds, and
// how many it could hold at most.
func (c *checker) announce(x *exchange, r *reply) (peers, possible int) {
	if r.interval < 1 || r.interval > longestInterval {
		c.tally.blame(wrongInterval, "%d s", r.interval)
	}
	if len(r.peers4)%6 != 0 || len(r.peers6)%18 != 0 {
		c.tally.blame(wrongLength, "%d bytes of IPv4 peers, %d of IPv6", len(r.peers4), len(r.peers6))
	}
	peers = len(r.peers4)/6 + len(r.peers6)/18
	if c.numWant >= 0 && peers > c.numWant {
		c.tally.blame(tooManyPeers, "%d, asked for %d", peers, c.numWant)
	}
	torrent := c.pop.torrent[x.peer]
	from, until := c.pop.starts[torrent], c.pop.starts[torrent+1]
	possible = int(until-from) - 1
	if c.numWant >= 0 {
		possible = min(possible, c.numWant)
	}
	if c.trust {
		return peers, possible
	}
	if r.complete < 0 || r.incomplete < 0 || r.complete+r.incomplete > int64(until-from) {
		c.tally.blame(wrongCounts, "%d seeders and %d leechers in a swarm of %d", r.complete, r.incomplete, until-from)
	}
	c.served, c.held = c.served+1, 0
	for b := r.peers4; len(b) >= 6; b = b[6:] {
		source, ok := c.pop.sources.index4(b)
		c.peer(x, from, until, b[:6], source, ok)
	}
	for b := r.peers6; len(b) >= 18; b = b[18:] {
		source, ok := c.pop.sources.index6(b)
		c.peer(x, from, until, b[:18], source, ok)
	}
	return peers, possible
}

// peer checks one peer of a reply, given the bounds of the swarm.
func (c *checker) peer(x *exchange, from, until uint32, compact []byte, source int, known bool) {
	peer, ok := uint32(0), false
	if known {
		peer, ok = c.pop.peerAt(source, binary.BigEndian.Uint16(compact[len(compact)-2:]))
	}
	switch {
	case !ok || peer < from || peer >= until:
		c.blame(strangePeer, x, compact)
	case peer == x.peer && !c.self:
		c.blame(requester, x, compact)
	case c.presence != nil && c.presence.left(peer, x.sent):
		c.blame(departedPeer, x, compact)
	}
	if ok && c.repeated(peer) {
		c.blame(repeatedPeer, x, compact)
	}
}

// blame counts a peer that should not be in a reply. It may be one of very many, so
// only the first costs more than counting.
func (c *checker) blame(p problem, x *exchange, compact []byte) {
	if c.tally.wrong[p] > 0 {
		c.tally.wrong[p]++
		return
	}
	c.tally.blame(p, "%v in the reply to %v, swarm %x", endpoint(compact), c.pop.at(x.peer), c.pop.hash(c.pop.torrent[x.peer]))
}

// repeated tells whether a peer was in this reply before.
func (c *checker) repeated(peer uint32) bool {
	for i := peer % seenSize; ; i = (i + 1) % seenSize {
		switch s := &c.seen[i]; {
		case s.reply != c.served:
			if c.held < seenSize/2 {
				c.held++
				*s = stamp{c.served, peer}
			}
			return false
		case s.peer == peer:
			return true
		}
	}
}

// scrape checks the counts of one torrent of a scrape.
func (c *checker) scrape(torrent uint32, complete, incomplete int64) {
	size := int64(c.pop.starts[torrent+1] - c.pop.starts[torrent])
	if !c.trust && (complete < 0 || incomplete < 0 || complete+incomplete > size) {
		c.tally.blame(wrongCounts, "scrape: %d seeders and %d leechers in a swarm of %d", complete, incomplete, size)
	}
}

// scraped returns the torrent that the i-th info hash of a scrape is of: those of
// peers at regular distances from the one that asks.
func (p *population) scraped(peer uint32, i int) uint32 {
	const distance = 1_000_003 // a prime
	return p.torrent[(uint64(peer)+uint64(i)*distance)%uint64(p.peers())]
}

package dhtnode

import "sync/atomic"

// Stats counts since the start, but for Nodes.
type Stats struct {
	Queries   uint64 // of any kind, well formed; Limited is part of it
	Limited   uint64 // dropped: above the rate
	Malformed uint64 // dropped: no KRPC message, or too long

	GetPeers  uint64 // questions for peers
	Peers     uint64 // peers in the answers
	Announces uint64 // announces let through to the Handler
	BadTokens uint64 // announces refused for their token
	Private   uint64 // questions for, and announces of, private info hashes
	Failures  uint64 // questions and announces that the Handler refused

	ReadErrors, WriteErrors uint64

	Nodes int // in the routing table now
}

type counters struct {
	queries, limited, malformed, getPeers, peers atomic.Uint64
	announces, badTokens, private, failures      atomic.Uint64
	readErrors, writeErrors                      atomic.Uint64
}

// Stats returns the counters.
func (n *Node) Stats() Stats {
	c := &n.stats
	return Stats{
		Queries: c.queries.Load(), Limited: c.limited.Load(), Malformed: c.malformed.Load(),
		GetPeers: c.getPeers.Load(), Peers: c.peers.Load(), Announces: c.announces.Load(),
		BadTokens: c.badTokens.Load(), Private: c.private.Load(), Failures: c.failures.Load(),
		ReadErrors: c.readErrors.Load(), WriteErrors: c.writeErrors.Load(),
		Nodes: n.server.NumNodes(),
	}
}

package dhtnode

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"net/netip"

	"github.com/altracker/altracker/tracker"
	"github.com/altracker/altracker/tracker/swarm"
	"github.com/anacrolix/dht/v2/krpc"
)

const (
	// maxReceived is the longest datagram that is looked at, in bytes. Nodes send at
	// most 1024 (BEP 32), some older ones an Ethernet frame.
	maxReceived = 2048

	// maxTransactionID bounds what an answer has to echo, in bytes. Clients use 2 to
	// 20.
	maxTransactionID = 32

	// maxReadErrors is how many receptions may fail in a row before the socket is
	// taken for broken.
	maxReadErrors = 100
)

// receive serves datagrams until the socket is closed.
func (n *Node) receive(ctx context.Context) error {
	var buffer [maxReceived + 1]byte // one byte more, to tell what is too long
	for failed := 0; ; {
		size, from, err := n.conn.ReadFromUDPAddrPort(buffer[:])
		switch {
		case err == nil:
			failed = 0
		case ctx.Err() != nil && errors.Is(err, net.ErrClosed):
			return nil
		default:
			n.stats.readErrors.Add(1)
			if failed++; failed == maxReadErrors {
				return fmt.Errorf("dhtnode: receive: %w", err)
			}
			continue
		}
		n.arrive(buffer[:size], netip.AddrPortFrom(from.Addr().Unmap(), from.Port()))
	}
}

// arrive lets what a datagram says reach the server, if it deserves it.
func (n *Node) arrive(datagram []byte, from netip.AddrPort) {
	if len(datagram) > maxReceived || from.Port() == 0 {
		n.stats.malformed.Add(1)
		return
	}
	m, err := parse(datagram)
	if err != nil || len(m.T) > maxTransactionID {
		n.stats.malformed.Add(1)
		return
	}
	switch m.Y {
	case isQuery:
		n.query(m, from)
	case isResult:
		r := &result{ID: m.R.ID, Nodes: m.R.Nodes, Nodes6: m.R.Nodes6}
		n.airlock.enter((&message{R: r, T: m.T, Y: isResult}).encode(), from)
	case isError:
		n.airlock.enter((&message{E: m.E, T: m.T, Y: isError}).encode(), from)
	}
}

func (n *Node) query(m *message, from netip.AddrPort) {
	n.stats.queries.Add(1)
	if !n.limiter.AllowN(n.config.Now(), 1) {
		n.stats.limited.Add(1)
		return
	}
	switch m.Q {
	case "ping":
		n.ping(m, from)
	case "find_node":
		if len(m.A.Target) != idLen {
			n.refuse(m, from, krpc.ErrorCodeProtocolError, "target is not of 20 bytes")
			return
		}
		n.findNode(m, from, m.A.Target, plain(m.T))
	case "get_peers", "announce_peer":
		if len(m.A.InfoHash) != idLen {
			n.refuse(m, from, krpc.ErrorCodeProtocolError, "info_hash is not of 20 bytes")
			return
		}
		if m.Q == "announce_peer" {
			n.announce(m, from)
			return
		}
		n.stats.getPeers.Add(1)
		n.findNode(m, from, m.A.InfoHash, peersFor(m.A.InfoHash, m.T))
	default:
		n.refuse(m, from, krpc.ErrorMethodUnknown.Code, krpc.ErrorMethodUnknown.Msg)
	}
}

// ping lets the server answer m as if it were a ping.
func (n *Node) ping(m *message, from netip.AddrPort) {
	n.airlock.enter((&message{
		A: &arguments{ID: m.A.ID}, Q: "ping", RO: m.RO, T: plain(m.T), Y: isQuery,
	}).encode(), from)
}

// bucketLen is how many nodes a reply names: K of BEP 5.
const bucketLen = 8

// findNode lets the server look up the nodes closest to a target. It expects the
// target of any query under info_hash, and only looks in the target's bucket and in
// those farther from its own id. Where a reply has room for every node there is, it
// is asked for itself instead, which finds them all: or else half of all targets
// would find nothing in a small network.
func (n *Node) findNode(m *message, from netip.AddrPort, target, transactionID string) {
	if n.server.NumNodes() <= bucketLen {
		own := n.server.ID()
		target = string(own[:])
	}
	n.airlock.enter((&message{
		A: &arguments{ID: m.A.ID, InfoHash: target, Target: target, Want: m.A.Want},
		Q: "find_node", RO: m.RO, T: transactionID, Y: isQuery,
	}).encode(), from)
}

// announce enters a peer, and lets the server confirm it.
func (n *Node) announce(m *message, from netip.AddrPort) {
	now := n.config.Now()
	addr := from.Addr().WithZone("")
	if !n.tokens.valid(m.A.Token, addr, now) {
		n.stats.badTokens.Add(1)
		n.refuse(m, from, krpc.ErrorCodeProtocolError, "bad token")
		return
	}
	port := m.A.Port
	if m.A.ImpliedPort {
		port = int64(from.Port())
	}
	if port < 1 || port > math.MaxUint16 {
		n.refuse(m, from, krpc.ErrorCodeProtocolError, "bad port")
		return
	}
	if err := n.hear(swarm.InfoHash([]byte(m.A.InfoHash)), netip.AddrPortFrom(addr, uint16(port))); err != nil {
		n.stats.failures.Add(1)
		n.refuse(m, from, krpc.ErrorCodeServerError, words(err))
		return
	}
	n.ping(m, from)
}

// hear enters a peer into the swarm, as hearsay.
func (n *Node) hear(hash swarm.InfoHash, peer netip.AddrPort) error {
	if n.config.Private(hash) {
		// No error: to the network this is a node that has forgotten at once.
		n.stats.private.Add(1)
		return nil
	}
	n.stats.announces.Add(1)
	return n.config.Handler.Announce(&tracker.AnnounceRequest{
		InfoHash: hash,
		Addr:     peer,
		Left:     1, // BEP 5 does not tell
		Hearsay:  n.config.Lifetime,
		Now:      n.config.Now(),
	}, &tracker.AnnounceResponse{})
}

// words returns what may be said of an error.
func words(err error) string {
	if f, ok := errors.AsType[tracker.Failure](err); ok {
		return string(f)
	}
	return "internal error"
}

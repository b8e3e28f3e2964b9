package dhtnode

import (
	"encoding/binary"
	"errors"
	"net/netip"
	"strings"

	"github.com/altracker/altracker/tracker"
	"github.com/altracker/altracker/tracker/swarm"
	"github.com/anacrolix/dht/v2/krpc"
)

// maxSent is the longest datagram that is sent, in bytes (BEP 32).
const maxSent = 1024

// The transaction id of a query that enters the airlock is the asker's, with what
// it takes to finish the answer in front of it.
const (
	markPlain = 'p' // nothing
	markPeers = 'g' // the info hash whose peers are wanted
)

func plain(t string) string { return string(markPlain) + t }

func peersFor(infoHash, t string) string { return string(markPeers) + infoHash + t }

// unmark undoes plain and peersFor.
func unmark(marked string) (t, infoHash string, ok bool) {
	switch {
	case strings.HasPrefix(marked, string(markPlain)):
		return marked[1:], "", true
	case strings.HasPrefix(marked, string(markPeers)) && len(marked) > idLen:
		return marked[1+idLen:], marked[1 : 1+idLen], true
	}
	return "", "", false
}

var errUnmarked = errors.New("reply to a query that was never let in")

// leave sends what the server writes: its own queries as they are, its replies
// finished.
func (n *Node) leave(datagram []byte, to netip.AddrPort) error {
	m, err := parse(datagram)
	if err != nil {
		return err
	}
	if m.Y == isQuery {
		return n.send(datagram, to)
	}
	t, infoHash, ok := unmark(m.T)
	if !ok {
		return errUnmarked
	}
	m.T = t
	m.IP = compact(to)
	if m.R != nil {
		m.R.Nodes6 = withoutMapped(m.R.Nodes6)
	}
	if m.R != nil && infoHash != "" {
		m.R.Token = n.tokens.issue(to.Addr().WithZone(""), n.config.Now())
		n.addPeers(m, swarm.InfoHash([]byte(infoHash)), to)
	}
	return n.send(m.encode(), to)
}

// addPeers fills a reply up with the peers that the policy chooses for the asking
// address; of its address family only (BEP 32).
func (n *Node) addPeers(m *message, hash swarm.InfoHash, to netip.AddrPort) {
	if n.config.Private(hash) {
		n.stats.private.Add(1)
		return
	}
	peerLen, prefix := peer4Len, "6:"
	if !to.Addr().Is4() {
		peerLen, prefix = peer6Len, "18:"
	}
	room := maxSent - len(m.encode()) - len("6:valuesle")
	want := max(room/(len(prefix)+peerLen), 0)
	var resp tracker.AnnounceResponse
	err := n.config.Handler.Announce(&tracker.AnnounceRequest{
		InfoHash: hash,
		Addr:     netip.AddrPortFrom(to.Addr().WithZone(""), to.Port()),
		Left:     1,
		NumWant:  want,
		Asking:   true,
		Now:      n.config.Now(),
	}, &resp)
	if err != nil {
		n.stats.failures.Add(1)
		return
	}
	peers := resp.Peers
	if !to.Addr().Is4() {
		peers = resp.Peers6
	}
	for ; len(peers) >= peerLen && len(m.R.Values) < want; peers = peers[peerLen:] {
		m.R.Values = append(m.R.Values, string(peers[:peerLen]))
	}
	n.stats.peers.Add(uint64(len(m.R.Values)))
}

// refuse answers a query with an error.
func (n *Node) refuse(m *message, to netip.AddrPort, code int, text string) {
	e := message{E: &krpc.Error{Code: code, Msg: text}, IP: compact(to), T: m.T, Y: isError}
	_ = n.send(e.encode(), to) // counted; there is nobody else to tell
}

func (n *Node) send(datagram []byte, to netip.AddrPort) error {
	_, err := n.conn.WriteToUDPAddrPort(datagram, to)
	if err != nil {
		n.stats.writeErrors.Add(1)
	}
	return err
}

// withoutMapped drops the IPv4 nodes, which the server counts among the IPv6 nodes.
func withoutMapped(nodes6 string) string {
	var kept strings.Builder
	for ; len(nodes6) >= node6Len; nodes6 = nodes6[node6Len:] {
		node := nodes6[:node6Len]
		if ip := netip.AddrFrom16([16]byte([]byte(node[idLen:]))); !ip.Is4In6() {
			kept.WriteString(node)
		}
	}
	return kept.String()
}

// compact returns an address in compact form: 6 bytes for IPv4, 18 for IPv6.
func compact(a netip.AddrPort) string {
	return string(binary.BigEndian.AppendUint16(a.Addr().AsSlice(), a.Port()))
}

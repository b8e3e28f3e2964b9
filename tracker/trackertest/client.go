package trackertest

import (
	"cmp"
	"encoding/binary"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/altracker/altracker/tracker"
	"github.com/altracker/altracker/tracker/swarm"
)

// Client reaches a tracker, by whatever way.
type Client interface {
	// Announce sends r from the address r.Addr holds. An error is a refusal, and
	// its text contains the reason as the tracker gave it.
	Announce(t *testing.T, r tracker.AnnounceRequest) (Answer, error)

	// Scrape returns the counts of the swarms in the order of hashes.
	Scrape(t *testing.T, hashes []swarm.InfoHash) ([]swarm.Counts, error)
}

// Answer is what every frontend lets a client know of an announce's result.
type Answer struct {
	Interval             time.Duration
	Complete, Incomplete int
	Peers                []netip.AddrPort // of both families, sorted
}

// SortPeers brings peers into the order that Answer wants.
func SortPeers(peers []netip.AddrPort) []netip.AddrPort {
	slices.SortFunc(peers, netip.AddrPort.Compare)
	return peers
}

// ParsePeers reads compact peers, 6 bytes each, or 18 if six is set. Bytes left
// over fail the test.
func ParsePeers(t *testing.T, compact []byte, six bool) []netip.AddrPort {
	t.Helper()
	addrLen := 4
	if six {
		addrLen = 16
	}
	if len(compact)%(addrLen+2) != 0 {
		t.Fatalf("compact peers: %d bytes are no multiple of %d", len(compact), addrLen+2)
	}
	var peers []netip.AddrPort
	for p := range slices.Chunk(compact, addrLen+2) {
		addr, _ := netip.AddrFromSlice(p[:addrLen])
		peers = append(peers, netip.AddrPortFrom(addr, binary.BigEndian.Uint16(p[addrLen:])))
	}
	return peers
}

// direct calls a Handler as a frontend would.
type direct struct {
	handler     tracker.Handler
	allFamilies bool
}

func (d direct) Announce(t *testing.T, r tracker.AnnounceRequest) (Answer, error) {
	r.AllFamilies = d.allFamilies
	r.Now = time.Now()
	var a tracker.AnnounceResponse
	if err := d.handler.Announce(&r, &a); err != nil {
		return Answer{}, err
	}
	peers := append(ParsePeers(t, a.Peers, false), ParsePeers(t, a.Peers6, true)...)
	return Answer{
		Interval:   a.Interval,
		Complete:   a.Complete,
		Incomplete: a.Incomplete,
		Peers:      SortPeers(peers),
	}, nil
}

func (d direct) Scrape(_ *testing.T, hashes []swarm.InfoHash) ([]swarm.Counts, error) {
	var r tracker.ScrapeResponse
	err := d.handler.Scrape(&tracker.ScrapeRequest{InfoHashes: hashes}, &r)
	return r.Counts, err
}

// family orders addresses of one's own family before the others.
func family(own netip.Addr) func(a, b netip.AddrPort) int {
	rank := func(p netip.AddrPort) int {
		if p.Addr().Is4() == own.Is4() {
			return 0
		}
		return 1
	}
	return func(a, b netip.AddrPort) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), a.Compare(b))
	}
}

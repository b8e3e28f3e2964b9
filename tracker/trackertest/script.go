package trackertest

import (
	"net/netip"

	"github.com/altracker/altracker/tracker"
	"github.com/altracker/altracker/tracker/swarm"
)

// step is one announce of the script, and what must come of it.
type step struct {
	name    string
	from    netip.AddrPort
	hash    swarm.InfoHash
	left    int64
	event   tracker.Event
	numWant int

	complete, incomplete int
	peers                []netip.AddrPort // of the requester's family
	others               []netip.AddrPort // of the other one, for frontends that give both
}

// The swarms of the script: the one that things happen in, one that nobody
// announces to, and two that the handler refuses.
var (
	lively   = swarm.InfoHash([]byte("a lively swarm + & %"))
	unknown  = swarm.InfoHash([]byte("\x00\xffnobody was ever in"))
	banned   = swarm.InfoHash([]byte("an unwelcome torrent"))
	breaking = swarm.InfoHash([]byte("a torrent of trouble"))
)

// The peers of the script. Their addresses are those of the loopback interface,
// because the source of an announce is all that a tracker believes.
var (
	anna  = netip.MustParseAddrPort("127.0.1.1:6881")
	bert  = netip.MustParseAddrPort("127.0.1.2:6881")
	carl  = netip.MustParseAddrPort("127.0.1.3:51413")
	doris = netip.MustParseAddrPort("[::1]:7001")
	emil  = netip.MustParseAddrPort("[::1]:7002")
)

// All swarms of the script are smaller than any reply, so that every policy
// returns everybody.
var steps4 = []step{
	{name: "the first leecher is alone", from: anna, hash: lively, left: 100, event: tracker.Started, numWant: 50,
		incomplete: 1},
	{name: "a seeder is told the leecher", from: bert, hash: lively, event: tracker.Started, numWant: 50,
		complete: 1, incomplete: 1, peers: list(anna)},
	{name: "who wants nobody gets counts", from: carl, hash: lively, left: 70, event: tracker.Started,
		complete: 1, incomplete: 2},
	{name: "the default is more than two", from: anna, hash: lively, left: 90, numWant: -1,
		complete: 1, incomplete: 2, peers: list(bert, carl)},
	{name: "a seeder is told leechers", from: bert, hash: lively, numWant: 50,
		complete: 1, incomplete: 2, peers: list(anna, carl)},
	{name: "a leecher completes and needs no seeder", from: carl, hash: lively, event: tracker.Completed, numWant: 50,
		complete: 2, incomplete: 1, peers: list(anna)},
	{name: "what is left may be unknown", from: anna, hash: lively, left: 1<<63 - 1, numWant: 50,
		complete: 2, incomplete: 1, peers: list(bert, carl)},
	{name: "who stops is gone", from: bert, hash: lively, event: tracker.Stopped,
		complete: 1, incomplete: 1},
	{name: "and is told to nobody", from: anna, hash: lively, left: 80, numWant: 50,
		complete: 1, incomplete: 1, peers: list(carl)},
}

var steps6 = []step{
	{name: "an IPv6 leecher joins", from: doris, hash: lively, left: 100, event: tracker.Started, numWant: 50,
		complete: 1, incomplete: 2, others: list(anna, carl)},
	{name: "and an IPv6 seeder", from: emil, hash: lively, event: tracker.Started, numWant: 50,
		complete: 2, incomplete: 2, peers: list(doris), others: list(anna)},
	{name: "the families meet", from: anna, hash: lively, left: 60, numWant: 50,
		complete: 2, incomplete: 2, peers: list(carl), others: list(doris, emil)},
	{name: "the IPv6 leecher stops", from: doris, hash: lively, left: 100, event: tracker.Stopped,
		complete: 2, incomplete: 1},
}

func list(peers ...netip.AddrPort) []netip.AddrPort { return peers }

// request returns the announce of s, with a peer id that needs escaping.
func (s step) request() tracker.AnnounceRequest {
	id := swarm.PeerID([]byte("-AT0001-\x00\x7f\x80\xff +&=%?/\n"))
	id[8] = s.from.Addr().AsSlice()[3]
	return tracker.AnnounceRequest{
		InfoHash: s.hash,
		PeerID:   id,
		Addr:     s.from,
		Left:     s.left,
		Event:    s.event,
		NumWant:  s.numWant,
		Key:      7,
	}
}

package load

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"testing"
)

// compactOf writes peers as replies do.
func compactOf(at ...netip.AddrPort) (b []byte) {
	for _, a := range at {
		b = binary.BigEndian.AppendUint16(append(b, a.Addr().AsSlice()...), a.Port())
	}
	return b
}

func TestEachWrongnessOfAReplyIsNoticed(t *testing.T) {
	g := quiet(t, Config{Torrents: 4, Peers: 400, Sources: 8, NumWant: 5, Mix: Mix{regular: 1, stopped: 1}, InFlight: 8})
	p := g.pop // torrents of a hundred peers: 0 to 99, and so on
	asker := exchange{request: request{kind: regular, peer: 10}, sent: 1e9}
	good := func() reply {
		return reply{interval: 1800, complete: 50, incomplete: 50, peers4: compactOf(p.at(11), p.at(99), p.at(0))}
	}
	for _, c := range []struct {
		name string
		edit func(*reply)
		want []problem
	}{
		{"a good reply", func(*reply) {}, nil},
		{"no peers", func(r *reply) { r.peers4 = nil }, nil},
		{"interval 0", func(r *reply) { r.interval = 0 }, []problem{wrongInterval}},
		{"negative interval", func(r *reply) { r.interval = -1 }, []problem{wrongInterval}},
		{"a month's interval", func(r *reply) { r.interval = 30 * 86400 }, []problem{wrongInterval}},
		{"more peers counted than there are", func(r *reply) { r.complete = 51 }, []problem{wrongCounts}},
		{"negative count", func(r *reply) { r.incomplete = -1 }, []problem{wrongCounts}},
		{"half a peer", func(r *reply) { r.peers4 = r.peers4[:16] }, []problem{wrongLength}},
		{"half an IPv6 peer", func(r *reply) { r.peers6 = make([]byte, 17) }, []problem{wrongLength}},
		{"six peers for five", func(r *reply) {
			r.peers4 = compactOf(p.at(1), p.at(2), p.at(3), p.at(4), p.at(5), p.at(6))
		}, []problem{tooManyPeers}},
		{"a peer of the next swarm", func(r *reply) { r.peers4 = compactOf(p.at(100)) }, []problem{strangePeer}},
		{"an unknown address", func(r *reply) { r.peers4 = compactOf(netip.MustParseAddrPort("127.9.0.1:1024")) }, []problem{strangePeer}},
		{"an unknown port", func(r *reply) { r.peers4 = compactOf(netip.AddrPortFrom(p.at(11).Addr(), 9999)) }, []problem{strangePeer}},
		{"an IPv6 stranger", func(r *reply) { r.peers6 = compactOf(netip.MustParseAddrPort("[::1]:1024")) }, []problem{strangePeer}},
		{"the requester", func(r *reply) { r.peers4 = compactOf(p.at(10)) }, []problem{requester}},
		{"a peer twice", func(r *reply) { r.peers4 = compactOf(p.at(11), p.at(12), p.at(11)) }, []problem{repeatedPeer}},
		{"a stranger twice", func(r *reply) { r.peers4 = compactOf(p.at(200), p.at(200)) }, []problem{strangePeer, repeatedPeer}},
		{"a peer that left before", func(r *reply) { r.peers4 = compactOf(p.at(20)) }, []problem{departedPeer}},
		{"a peer that left since", func(r *reply) { r.peers4 = compactOf(p.at(21)) }, nil},
		{"a peer that left and came back", func(r *reply) { r.peers4 = compactOf(p.at(22)) }, nil},
	} {
		tally := newTally()
		check := newChecker(g, &tally)
		leave := func(peer uint32, at int64) {
			g.presence.answered(&exchange{request: request{kind: stopped, peer: peer}}, at, true)
		}
		leave(20, 0.9e9)
		leave(21, 1.1e9)
		leave(22, 0.9e9)
		if k, ok := g.presence.ask(22, regular); k != started || !ok {
			t.Errorf("who comes back asks %v, %v", k, ok)
		}
		r := good()
		c.edit(&r)
		peers, possible := check.announce(&asker, &r)
		var got []problem
		for p, n := range tally.wrong {
			if n > 0 {
				got = append(got, problem(p))
			}
			if n > 0 && tally.examples[p] == "" {
				t.Errorf("%s: no example of %v", c.name, problem(p))
			}
		}
		slices.Sort(c.want)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: have %v, want %v", c.name, got, c.want)
		}
		if want := len(r.peers4)/6 + len(r.peers6)/18; peers != want || possible != 5 {
			t.Errorf("%s: %d of %d peers, want %d of 5", c.name, peers, possible, want)
		}
		g.presence.busy[22] = false
	}
}

func TestWhatIsAllowedIsNotHeldAgainstATracker(t *testing.T) {
	g := quiet(t, Config{Torrents: 4, Peers: 400, Sources: 8, NumWant: NumWantDefault, AllowSelf: true})
	tally := newTally()
	check := newChecker(g, &tally)
	r := reply{interval: 1, peers4: compactOf(g.pop.at(10))}
	if _, possible := check.announce(&exchange{request: request{peer: 10}}, &r); possible != 99 {
		t.Errorf("%d peers possible, want all but the requester", possible)
	}
	check.trust = true
	r = reply{interval: 1, complete: 1 << 30, peers4: compactOf(netip.MustParseAddrPort("192.0.2.1:1"))}
	check.announce(&exchange{}, &r)
	if list := tally.wrongReplies(); len(list) > 0 {
		t.Error(list)
	}
}

func TestRepetitionsAreNoticedAmongManyPeers(t *testing.T) {
	g := quiet(t, Config{Torrents: 1, Peers: 3000, Sources: 8, NumWant: NumWantDefault})
	tally := newTally()
	check := newChecker(g, &tally)
	var r reply
	r.interval = 1
	for range 3 { // stamps of one reply are not those of the next
		r.peers4 = r.peers4[:0]
		for i := uint32(1); i < 1500; i++ {
			r.peers4 = append(r.peers4, compactOf(g.pop.at(i))...)
		}
		check.announce(&exchange{}, &r)
	}
	if tally.wrong[repeatedPeer] != 0 {
		t.Errorf("%d repetitions seen where there are none", tally.wrong[repeatedPeer])
	}
	r.peers4 = append(r.peers4, compactOf(g.pop.at(1), g.pop.at(1499))...)
	check.announce(&exchange{}, &r)
	if tally.wrong[repeatedPeer] != 2 {
		t.Errorf("%d of 2 repetitions seen", tally.wrong[repeatedPeer])
	}
}

func TestScrapeCountsAreChecked(t *testing.T) {
	g := quiet(t, Config{Torrents: 4, Peers: 400, Sources: 8})
	tally := newTally()
	check := newChecker(g, &tally)
	check.scrape(1, 60, 40)
	check.scrape(1, 0, 0)
	if tally.wrong[wrongCounts] != 0 {
		t.Error(tally.examples[wrongCounts])
	}
	check.scrape(1, 60, 41)
	check.scrape(1, -1, 40)
	if tally.wrong[wrongCounts] != 2 {
		t.Errorf("%d of 2 wrong counts seen", tally.wrong[wrongCounts])
	}
}

func TestErrorsAreCountedByText(t *testing.T) {
	tally, other := newTally(), newTally()
	for i := range 150 {
		tally.refuse([]byte{'a', byte(i)})
		tally.refuse([]byte("no"))
	}
	other.refuse([]byte("no"))
	tally.add(&other)
	if tally.errors["no"] != 151 || len(tally.errors) > maxTexts+1 || tally.errors[otherTexts] != 51 {
		t.Errorf("%d texts, %d times no, %d others", len(tally.errors), tally.errors["no"], tally.errors[otherTexts])
	}
}

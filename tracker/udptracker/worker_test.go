package udptracker

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"net/netip"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/altracker/altracker/tracker"
	"github.com/altracker/altracker/tracker/swarm"
)

var (
	client4 = netip.MustParseAddrPort("192.0.2.7:50000")
	client6 = netip.MustParseAddrPort("[2001:db8::7]:50000")
	mapped4 = netip.MustParseAddrPort("[::ffff:192.0.2.7]:50000")

	noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
)

// stub is a Handler that remembers the last request and gives what it is told.
type stub struct {
	announced int
	last      tracker.AnnounceRequest
	hashes    []swarm.InfoHash

	answer tracker.AnnounceResponse
	counts []swarm.Counts
	err    error
}

func (s *stub) Announce(r *tracker.AnnounceRequest, a *tracker.AnnounceResponse) error {
	s.announced++
	s.last = *r
	a.Interval, a.MinInterval = s.answer.Interval, s.answer.MinInterval
	a.Complete, a.Incomplete = s.answer.Complete, s.answer.Incomplete
	a.Peers = append(a.Peers, s.answer.Peers...)
	a.Peers6 = append(a.Peers6, s.answer.Peers6...)
	return s.err
}

func (s *stub) Scrape(r *tracker.ScrapeRequest, a *tracker.ScrapeResponse) error {
	s.hashes = append(s.hashes[:0], r.InfoHashes...)
	a.Counts = append(a.Counts, s.counts...)
	return s.err
}

func testWorker(t testing.TB, h tracker.Handler) *worker {
	t.Helper()
	cfg := Config{Handler: h, Key: [16]byte{1, 2, 3}, IDLifetime: DefaultIDLifetime, Now: func() time.Time { return noon }}
	w, err := newWorker(cfg, 0)
	if err != nil {
		t.Fatal(err)
	}
	w.stamp()
	return w
}

// packet builds a request of a client that has been given a connection id.
func (w *worker) packet(from netip.AddrPort, action uint32, body []byte) []byte {
	p := binary.BigEndian.AppendUint64(nil, w.ids.issue(from.Addr(), w.window))
	p = binary.BigEndian.AppendUint32(p, action)
	p = binary.BigEndian.AppendUint32(p, 0xfeedbeef)
	return append(p, body...)
}

// announceBody is what follows the header of an announce.
type announceBody struct {
	hash, id                   [20]byte
	downloaded, left, uploaded uint64
	event, ip, key, numWant    uint32
	port                       uint16
}

func (a announceBody) bytes() []byte {
	b := append(a.hash[:], a.id[:]...)
	b = binary.BigEndian.AppendUint64(b, a.downloaded)
	b = binary.BigEndian.AppendUint64(b, a.left)
	b = binary.BigEndian.AppendUint64(b, a.uploaded)
	b = binary.BigEndian.AppendUint32(b, a.event)
	b = binary.BigEndian.AppendUint32(b, a.ip)
	b = binary.BigEndian.AppendUint32(b, a.key)
	b = binary.BigEndian.AppendUint32(b, a.numWant)
	return binary.BigEndian.AppendUint16(b, a.port)
}

func goodAnnounce() announceBody {
	return announceBody{
		hash: [20]byte{0xaa, 19: 0xbb}, id: [20]byte{0xcc, 19: 0xdd},
		downloaded: 11, left: 22, uploaded: 33,
		event: 2, ip: 0x7f000001, key: 0x01020304, numWant: 50, port: 6881,
	}
}

func errorReply(text string) []byte {
	return append([]byte{0, 0, 0, 3, 0xfe, 0xed, 0xbe, 0xef}, text...)
}

func TestConnectAnswersSixteenBytesWithAnIDThatIsValid(t *testing.T) {
	w := testWorker(t, &stub{})
	request := []byte("\x00\x00\x04\x17\x27\x10\x19\x80\x00\x00\x00\x00\x12\x34\x56\x78")
	for _, longer := range []string{"", "future extension"} {
		reply := w.handle(nil, append(request, longer...), client4)
		if len(reply) != 16 || !bytes.HasPrefix(reply, []byte("\x00\x00\x00\x00\x12\x34\x56\x78")) {
			t.Fatalf("reply %x", reply)
		}
		if id := binary.BigEndian.Uint64(reply[8:]); !w.ids.valid(id, client4.Addr(), w.window) {
			t.Error("the id is not valid")
		}
	}
	if got := w.stats.connects.Load(); got != 2 {
		t.Errorf("connects = %d", got)
	}
}

func TestAnnounceReachesTheHandlerFieldByField(t *testing.T) {
	h := &stub{}
	w := testWorker(t, h)
	w.handle(nil, w.packet(client4, actionAnnounce, goodAnnounce().bytes()), client4)
	want := tracker.AnnounceRequest{
		InfoHash: swarm.InfoHash{0xaa, 19: 0xbb}, PeerID: swarm.PeerID{0xcc, 19: 0xdd},
		Addr:     netip.MustParseAddrPort("192.0.2.7:6881"), // not the claimed 127.0.0.1
		Uploaded: 33, Downloaded: 11, Left: 22,
		Event: tracker.Started, NumWant: 50, MaxPeers: 242, Key: 0x01020304, Now: noon,
	}
	if h.last != want {
		t.Errorf("have %+v\nwant %+v", h.last, want)
	}
}

// scribbler is a Handler that leaves nothing of a request as it was.
type scribbler struct{ stub }

func (s *scribbler) Announce(r *tracker.AnnounceRequest, a *tracker.AnnounceResponse) error {
	s.last = *r
	*r = tracker.AnnounceRequest{
		Event: tracker.Paused, Left: 9, NumWant: 9, MaxPeers: 9, Key: 9, Lane: 9, Hearsay: 9,
		AllFamilies: true, PeerIDs: true, Asking: true,
	}
	return nil
}

func TestARequestHasNothingOfTheOneBefore(t *testing.T) {
	h := &scribbler{}
	w := testWorker(t, h)
	var seen []tracker.AnnounceRequest
	for range 2 {
		w.handle(nil, w.packet(client4, actionAnnounce, goodAnnounce().bytes()), client4)
		seen = append(seen, h.last)
	}
	if seen[0] != seen[1] {
		t.Errorf("have %+v\nfirst %+v", seen[1], seen[0])
	}
}

func TestAnnounceToleratesWhatRealClientsSend(t *testing.T) {
	for _, c := range []struct {
		name  string
		from  netip.AddrPort
		edit  func(*announceBody)
		check func(tracker.AnnounceRequest) bool
	}{
		{"regular", client4, func(a *announceBody) { a.event = 0 },
			func(r tracker.AnnounceRequest) bool { return r.Event == tracker.None }},
		{"completed", client4, func(a *announceBody) { a.event = 1 },
			func(r tracker.AnnounceRequest) bool { return r.Event == tracker.Completed }},
		{"stopped", client4, func(a *announceBody) { a.event = 3 },
			func(r tracker.AnnounceRequest) bool { return r.Event == tracker.Stopped }},
		{"paused", client4, func(a *announceBody) { a.event = 4 },
			func(r tracker.AnnounceRequest) bool { return r.Event == tracker.Paused }},
		{"unknown event", client4, func(a *announceBody) { a.event = 5 },
			func(r tracker.AnnounceRequest) bool { return r.Event == tracker.None }},
		{"huge event", client4, func(a *announceBody) { a.event = 1 << 31 },
			func(r tracker.AnnounceRequest) bool { return r.Event == tracker.None }},
		{"default numwant", client4, func(a *announceBody) { a.numWant = math.MaxUint32 },
			func(r tracker.AnnounceRequest) bool { return r.NumWant == -1 }},
		{"numwant beyond the reply", client4, func(a *announceBody) { a.numWant = 1000 },
			func(r tracker.AnnounceRequest) bool { return r.NumWant == 1000 && r.MaxPeers == 242 }},
		{"numwant beyond the IPv6 reply", client6, func(a *announceBody) { a.numWant = 200 },
			func(r tracker.AnnounceRequest) bool { return r.NumWant == 200 && r.MaxPeers == 79 }},
		{"unknown left", client4, func(a *announceBody) { a.left = math.MaxUint64 },
			func(r tracker.AnnounceRequest) bool { return r.Left == math.MaxInt64 }},
		{"mapped address", mapped4, func(*announceBody) {},
			func(r tracker.AnnounceRequest) bool { return r.Addr.Addr() == client4.Addr() }},
		{"address with a zone", netip.MustParseAddrPort("[fe80::1%lo]:9"), func(*announceBody) {},
			func(r tracker.AnnounceRequest) bool { return r.Addr == netip.MustParseAddrPort("[fe80::1]:6881") }},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := &stub{}
			w := testWorker(t, h)
			a := goodAnnounce()
			c.edit(&a)
			reply := w.handle(nil, w.packet(c.from, actionAnnounce, a.bytes()), c.from)
			if len(reply) < answerLen || reply[3] != actionAnnounce || h.announced != 1 {
				t.Fatalf("refused: %q", reply)
			}
			if !c.check(h.last) {
				t.Errorf("handler saw %+v", h.last)
			}
		})
	}
}

func TestAnnounceAnswerIsWrittenAsBEP15Says(t *testing.T) {
	h := &stub{answer: tracker.AnnounceResponse{
		Interval: 30 * time.Minute, MinInterval: time.Minute, Complete: 5, Incomplete: 1 << 40,
		Peers:  []byte("aaaapp" + "bbbbqq"),
		Peers6: []byte("sixteen byte v6.rr"),
	}}
	w := testWorker(t, h)
	head := "\x00\x00\x00\x01\xfe\xed\xbe\xef\x00\x00\x07\x08\x7f\xff\xff\xff\x00\x00\x00\x05"
	for _, c := range []struct {
		from netip.AddrPort
		want string
	}{
		{client4, head + "aaaappbbbbqq"},
		{mapped4, head + "aaaappbbbbqq"},
		{client6, head + "sixteen byte v6.rr"},
	} {
		got := w.handle(nil, w.packet(c.from, actionAnnounce, goodAnnounce().bytes()), c.from)
		if string(got) != c.want {
			t.Errorf("to %v: have %q\nwant %q", c.from, got, c.want)
		}
	}
	if got := w.stats.announces.Load(); got != 3 {
		t.Errorf("announces = %d", got)
	}
}

func TestAnnounceAnswerFitsOneDatagram(t *testing.T) {
	h := &stub{answer: tracker.AnnounceResponse{Peers: make([]byte, 500*6), Peers6: make([]byte, 500*18)}}
	w := testWorker(t, h)
	for _, c := range []struct {
		from netip.AddrPort
		want int
	}{{client4, 20 + 242*6}, {client6, 20 + 79*18}} {
		got := w.handle(nil, w.packet(c.from, actionAnnounce, goodAnnounce().bytes()), c.from)
		if len(got) != c.want {
			t.Errorf("to %v: %d bytes, want %d", c.from, len(got), c.want)
		}
	}
	if 20+242*6 > 1500-28 || 20+79*18 > 1500-48 {
		t.Error("the limits themselves are too high")
	}
}

func TestScrapeAnswersInTheOrderAsked(t *testing.T) {
	h := &stub{counts: []swarm.Counts{{Seeders: 1, Leechers: 2, Downloaded: 3}, {}, {Seeders: 7}}}
	w := testWorker(t, h)
	body := strings.Repeat("b", 20) + strings.Repeat("a", 20) + strings.Repeat("c", 20) + "some bytes"
	got := w.handle(nil, w.packet(client4, actionScrape, []byte(body)), client4)
	want := "\x00\x00\x00\x02\xfe\xed\xbe\xef" +
		"\x00\x00\x00\x01\x00\x00\x00\x03\x00\x00\x00\x02" +
		"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" +
		"\x00\x00\x00\x07\x00\x00\x00\x00\x00\x00\x00\x00"
	if string(got) != want {
		t.Errorf("have %q\nwant %q", got, want)
	}
	if len(h.hashes) != 3 || h.hashes[0][0] != 'b' || h.hashes[2][19] != 'c' {
		t.Errorf("handler saw %v", h.hashes)
	}
}

func TestScrapeTakesSeventyFourHashes(t *testing.T) {
	h := &stub{counts: make([]swarm.Counts, 74)}
	w := testWorker(t, h)
	if got := w.handle(nil, w.packet(client4, actionScrape, make([]byte, 74*20)), client4); len(got) != 8+74*12 {
		t.Errorf("74 hashes: %d bytes", len(got))
	}
	if got := w.handle(nil, w.packet(client4, actionScrape, make([]byte, 75*20)), client4); string(got) != string(errorReply("scrape: more than 74 info hashes")) {
		t.Errorf("75 hashes: %q", got)
	}
}

func TestMistakesWithAValidIDGetAnErrorPacket(t *testing.T) {
	edit := func(f func(*announceBody)) []byte {
		a := goodAnnounce()
		f(&a)
		return a.bytes()
	}
	for _, c := range []struct {
		name   string
		action uint32
		body   []byte
		want   string
	}{
		{"truncated announce", actionAnnounce, goodAnnounce().bytes()[:81], "announce: shorter than 98 bytes"},
		{"empty announce", actionAnnounce, nil, "announce: shorter than 98 bytes"},
		{"port 0", actionAnnounce, edit(func(a *announceBody) { a.port = 0 }), "port: want 1 to 65535"},
		{"negative uploaded", actionAnnounce, edit(func(a *announceBody) { a.uploaded = 1 << 63 }), "uploaded: negative"},
		{"negative downloaded", actionAnnounce, edit(func(a *announceBody) { a.downloaded = math.MaxUint64 }), "downloaded: negative"},
		{"negative numwant", actionAnnounce, edit(func(a *announceBody) { a.numWant = math.MaxUint32 - 1 }), "num_want: negative, and not -1"},
		{"scrape of nothing", actionScrape, nil, "scrape: no info hash"},
		{"scrape of a 19-byte hash", actionScrape, make([]byte, 19), "scrape: no info hash"},
		{"error as a request", actionError, nil, "action: unknown"},
		{"unknown action", 4, make([]byte, 100), "action: unknown"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := &stub{}
			w := testWorker(t, h)
			got := w.handle(nil, w.packet(client4, c.action, c.body), client4)
			if string(got) != string(errorReply(c.want)) {
				t.Errorf("have %q, want %q", got, c.want)
			}
			if h.announced != 0 {
				t.Error("the handler was asked")
			}
			if w.stats.errors.Load() != 1 || w.stats.internal.Load() != 0 {
				t.Error("not counted as an error")
			}
		})
	}
}

func TestSilence(t *testing.T) {
	stranger := testWorker(t, nil)
	stranger.ids, _ = newIssuer([16]byte{9}, DefaultIDLifetime)
	good := goodAnnounce().bytes()
	w := testWorker(t, nil) // no handler: asking it would panic
	for _, c := range []struct {
		name   string
		packet []byte
		from   netip.AddrPort
		badIDs uint64
	}{
		{"empty", nil, client4, 0},
		{"truncated header", w.packet(client4, actionAnnounce, nil)[:15], client4, 0},
		{"connect without the magic", w.packet(client4, actionConnect, nil), client4, 0},
		{"longer than any request", w.packet(client4, actionAnnounce, make([]byte, maxPacket)), client4, 0},
		{"source port 0", w.packet(client4, actionAnnounce, good), netip.AddrPortFrom(client4.Addr(), 0), 0},
		{"id of somebody else", w.packet(client4, actionAnnounce, good), client6, 1},
		{"id of another key", stranger.packet(client4, actionAnnounce, good), client4, 1},
		{"the magic as an id", append([]byte("\x00\x00\x04\x17\x27\x10\x19\x80\x00\x00\x00\x01\x00\x00\x00\x00"), good...), client4, 1},
		{"wrong id and truncated", stranger.packet(client4, actionAnnounce, nil), client4, 1},
		{"wrong id and unknown action", stranger.packet(client4, 77, nil), client4, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := testWorker(t, nil)
			if got := w.handle(nil, c.packet, c.from); len(got) != 0 {
				t.Errorf("answered %q", got)
			}
			if bad, mal := w.stats.badIDs.Load(), w.stats.malformed.Load(); bad != c.badIDs || bad+mal != 1 {
				t.Errorf("%d bad ids, %d malformed", bad, mal)
			}
		})
	}
}

func TestOnlyFailuresAreShownToClients(t *testing.T) {
	for _, c := range []struct {
		err      error
		want     string
		internal uint64
	}{
		{tracker.Failure("torrent not registered"), "torrent not registered", 0},
		{fmt.Errorf("admission: %w", tracker.Failure("come back later")), "come back later", 0},
		{errors.New("disk on fire at /var/lib"), "internal error", 2},
		{tracker.Failure(strings.Repeat("x", 5000)), strings.Repeat("x", maxMessage), 0},
	} {
		w := testWorker(t, &stub{err: c.err})
		for _, p := range [][]byte{
			w.packet(client4, actionAnnounce, goodAnnounce().bytes()),
			w.packet(client4, actionScrape, make([]byte, 20)),
		} {
			if got := w.handle(nil, p, client4); string(got) != string(errorReply(c.want)) {
				t.Errorf("%v: have %q, want %q", c.err, got, c.want)
			}
		}
		if w.stats.internal.Load() != c.internal || w.stats.errors.Load() != 2 {
			t.Errorf("%v: %d internal of %d errors", c.err, w.stats.internal.Load(), w.stats.errors.Load())
		}
	}
}

func TestNoDatagramAllocates(t *testing.T) {
	h := &stub{
		answer: tracker.AnnounceResponse{Peers: make([]byte, 50*6), Peers6: make([]byte, 50*18)},
		counts: make([]swarm.Counts, 74),
	}
	refusing := &stub{err: tracker.Failure("no")}
	for _, c := range []struct {
		name    string
		handler tracker.Handler
		action  uint32
		body    []byte
		from    netip.AddrPort
	}{
		{"announce", h, actionAnnounce, goodAnnounce().bytes(), client4},
		{"announce, mapped address", h, actionAnnounce, goodAnnounce().bytes(), mapped4},
		{"announce, IPv6", h, actionAnnounce, goodAnnounce().bytes(), client6},
		{"announce with a URL", h, actionAnnounce, append(goodAnnounce().bytes(), "\x02\x09/announce"...), client4},
		{"refused announce", refusing, actionAnnounce, goodAnnounce().bytes(), client4},
		{"malformed announce", h, actionAnnounce, nil, client4},
		{"scrape", h, actionScrape, make([]byte, 74*20), client4},
	} {
		w := testWorker(t, c.handler)
		packet := w.packet(c.from, c.action, c.body)
		reply := make([]byte, 0, maxReply4)
		if reply = w.handle(reply, packet, c.from); len(reply) == 0 {
			t.Fatalf("%s: no answer", c.name)
		}
		if n := testing.AllocsPerRun(100, func() { reply = w.handle(reply[:0], packet, c.from) }); n != 0 {
			t.Errorf("%s: %v allocations", c.name, n)
		}
	}
	w := testWorker(t, h)
	connect := []byte("\x00\x00\x04\x17\x27\x10\x19\x80\x00\x00\x00\x00\x12\x34\x56\x78")
	reply := make([]byte, 0, 16)
	if n := testing.AllocsPerRun(100, func() { w.handle(reply, connect, client4) }); n != 0 {
		t.Errorf("connect: %v allocations", n)
	}
}

// What one worker writes to while it serves must be on no cache line of another's.
func TestWorkersShareNoCacheLine(t *testing.T) {
	owner := map[uintptr]int{}
	for i := range 16 {
		w, err := newWorker(Config{IDLifetime: 1, Handler: &stub{}}, i)
		if err != nil {
			t.Fatal(err)
		}
		claim := func(what string, start unsafe.Pointer, size uintptr) {
			first := uintptr(start)
			for l := first / cacheLine; l <= (first+size-1)/cacheLine; l++ {
				if other, ok := owner[l]; ok && other != i {
					t.Errorf("%s of worker %d shares a line with worker %d", what, i, other)
				}
				owner[l] = i
			}
		}
		written := unsafe.Offsetof(w.stats) + unsafe.Sizeof(w.stats) - cacheLine
		claim("the struct", unsafe.Add(unsafe.Pointer(w), cacheLine), written)
		claim("url", unsafe.Pointer(unsafe.SliceData(w.url)), uintptr(cap(w.url)))
		claim("Peers", unsafe.Pointer(unsafe.SliceData(w.announceAnswer.Peers)), maxReply4)
		claim("Peers6", unsafe.Pointer(unsafe.SliceData(w.announceAnswer.Peers6)), maxReply6)
		claim("InfoHashes", unsafe.Pointer(unsafe.SliceData(w.scrape.InfoHashes)), maxScrape*20)
		claim("Counts", unsafe.Pointer(unsafe.SliceData(w.scrapeAnswer.Counts)), maxScrape*unsafe.Sizeof(swarm.Counts{}))
	}
}

package udptracker

import (
	"net/netip"
	"time"

	"github.com/altracker/altracker/tracker"
	"github.com/altracker/altracker/tracker/swarm"
)

// maxPacket is the longest datagram that is looked at: an announce with a URL of
// some kilobytes, a scrape of more info hashes than are allowed.
const maxPacket = 4096

// maxReadErrors is how many receptions may fail in a row. A UDP socket reports
// passing troubles (no memory, a late ICMP message); it is broken only if
// nothing else comes any more.
const maxReadErrors = 100

// worker turns datagrams into answers, one after the other. It owns all it
// touches, on cache lines that no other worker writes to.
type worker struct {
	_ [cacheLine]byte

	handler  tracker.Handler
	expecter tracker.Expecter // the same, nil if it is none
	expected []swarm.InfoHash

	lane int // which of the workers this is
	ids  issuer
	now  func() time.Time

	arrived time.Time // when the datagrams at hand came
	window  uint64    // the window of ids at that time

	url            []byte
	announce       tracker.AnnounceRequest
	announceAnswer tracker.AnnounceResponse
	scrape         tracker.ScrapeRequest
	scrapeAnswer   tracker.ScrapeResponse

	stats counters

	_ [cacheLine]byte
}

// cacheLine is how far apart memory has to be that processors write to at once:
// two lines of 64 bytes, which are fetched in pairs.
const cacheLine = 128

// newWorker returns the i-th worker of a server.
func newWorker(cfg Config, i int) (*worker, error) {
	ids, err := newIssuer(cfg.Key, cfg.IDLifetime)
	if err != nil {
		return nil, err
	}
	expecter, _ := cfg.Handler.(tracker.Expecter)
	return &worker{
		handler:        cfg.Handler,
		expecter:       expecter,
		lane:           i,
		ids:            ids,
		now:            cfg.Now,
		url:            make([]byte, 0, 2*cacheLine),
		announceAnswer: tracker.AnnounceResponse{Peers: make([]byte, 0, maxReply4), Peers6: make([]byte, 0, maxReply6)},
		scrape:         tracker.ScrapeRequest{Lane: i, InfoHashes: make([]swarm.InfoHash, 0, maxScrape)},
		scrapeAnswer:   tracker.ScrapeResponse{Counts: make([]swarm.Counts, 0, maxScrape)},
	}, nil
}

// expect tells the handler about the announces among questions.
func (w *worker) expect(questions []question) {
	if w.expecter == nil {
		return
	}
	w.expected = w.expected[:0]
	for i := range questions {
		if q := &questions[i]; q.action == actionAnnounce && len(q.packet) >= announceLen {
			w.expected = append(w.expected, infoHash(q.packet))
		}
	}
	w.expecter.Expect(w.expected)
}

// stamp takes the time for the datagrams that have just come.
func (w *worker) stamp() {
	w.arrived = w.now()
	w.window = w.ids.windowOf(w.arrived)
}

// question is a datagram that deserves an answer, and who asks.
type question struct {
	header
	packet []byte // nil if it deserves none
	addr   netip.Addr
}

// handle appends the answer to a datagram, or nothing if it deserves none.
func (w *worker) handle(reply, packet []byte, from netip.AddrPort) []byte {
	q := w.read(packet, from)
	return w.answer(reply, &q)
}

// read returns the question that a datagram asks.
func (w *worker) read(packet []byte, from netip.AddrPort) question {
	h, ok := parseHeader(packet)
	if !ok || len(packet) > maxPacket || from.Port() == 0 {
		w.stats.malformed.Add(1)
		return question{}
	}
	q := question{h, packet, from.Addr().Unmap().WithZone("")}
	if h.action != actionConnect && !w.ids.valid(h.connectionID, q.addr, w.window) {
		w.stats.badIDs.Add(1)
		return question{}
	}
	return q
}

// answer appends the answer to a question.
func (w *worker) answer(reply []byte, q *question) []byte {
	switch {
	case q.packet == nil:
		return reply
	case q.action == actionConnect:
		return w.handleConnect(reply, q.header, q.addr)
	case q.action == actionAnnounce:
		return w.handleAnnounce(reply, q.header, q.packet, q.addr)
	case q.action == actionScrape:
		return w.handleScrape(reply, q.header, q.packet)
	default:
		return w.refuse(reply, q.header, failAction)
	}
}

func (w *worker) handleConnect(reply []byte, h header, addr netip.Addr) []byte {
	if h.connectionID != protocolID {
		w.stats.malformed.Add(1)
		return reply
	}
	w.stats.connects.Add(1)
	return appendConnect(reply, h.transactionID, w.ids.issue(addr, w.window))
}

func (w *worker) handleAnnounce(reply []byte, h header, packet []byte, addr netip.Addr) []byte {
	if err := parseAnnounce(&w.announce, packet, addr); err != nil {
		return w.refuse(reply, h, err)
	}
	if w.url = appendURLData(w.url[:0], packet[announceLen:]); len(w.url) > 0 {
		w.stats.urlData.Add(1)
	}
	w.announce.Now, w.announce.Lane = w.arrived, w.lane
	w.announceAnswer.Reset()
	if err := w.handler.Announce(&w.announce, &w.announceAnswer); err != nil {
		return w.refuse(reply, h, err)
	}
	w.stats.announces.Add(1)
	return appendAnnounce(reply, h.transactionID, &w.announceAnswer, addr)
}

func (w *worker) handleScrape(reply []byte, h header, packet []byte) []byte {
	if err := parseScrape(&w.scrape, packet); err != nil {
		return w.refuse(reply, h, err)
	}
	w.scrapeAnswer.Reset()
	if err := w.handler.Scrape(&w.scrape, &w.scrapeAnswer); err != nil {
		return w.refuse(reply, h, err)
	}
	w.stats.scrapes.Add(1)
	return appendScrape(reply, h.transactionID, &w.scrapeAnswer)
}

// refuse appends the error packet for a client that showed a valid id.
func (w *worker) refuse(reply []byte, h header, err error) []byte {
	text, public := message(err)
	if !public {
		w.stats.internal.Add(1)
	}
	w.stats.errors.Add(1)
	return appendError(reply, h.transactionID, text)
}

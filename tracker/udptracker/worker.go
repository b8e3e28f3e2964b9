package udptracker

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/altracker/altracker/tracker"
)

// worker serves datagrams one after the other. It owns all it touches but the
// socket, which it may share.
type worker struct {
	sock    *socket
	handler tracker.Handler
	ids     *issuer
	now     func() time.Time

	in    datagram
	reply []byte
	url   []byte

	announce       tracker.AnnounceRequest
	announceAnswer tracker.AnnounceResponse
	scrape         tracker.ScrapeRequest
	scrapeAnswer   tracker.ScrapeResponse

	_     [64]byte // keeps the counters off the cache lines of other workers
	stats counters
	_     [64]byte
}

// maxReadErrors is how many receptions may fail in a row. A UDP socket reports
// passing troubles (no memory, a late ICMP message); it is broken only if
// nothing else comes any more.
const maxReadErrors = 100

// run serves until the socket is closed.
func (w *worker) run(ctx context.Context) error {
	for failed := 0; ; {
		err := w.sock.receive(&w.in)
		switch {
		case err == nil:
			failed = 0
		case ctx.Err() != nil && errors.Is(err, net.ErrClosed):
			return nil
		default:
			w.stats.readErrors.Add(1)
			if failed++; failed == maxReadErrors {
				return fmt.Errorf("udptracker: receive: %w", err)
			}
			continue
		}
		w.reply = w.handle(w.reply[:0], w.in.payload(), w.in.from)
		if len(w.reply) == 0 {
			continue
		}
		if err := w.sock.answer(&w.in, w.reply); err != nil {
			w.stats.writeErrors.Add(1)
		}
	}
}

// handle appends the answer to a datagram, or nothing if it deserves none.
func (w *worker) handle(reply, packet []byte, from netip.AddrPort) []byte {
	h, ok := parseHeader(packet)
	if !ok || len(packet) > maxPacket || from.Port() == 0 {
		w.stats.malformed.Add(1)
		return reply
	}
	now := w.now()
	addr := from.Addr().Unmap().WithZone("")
	if h.action == actionConnect {
		return w.handleConnect(reply, h, addr, now)
	}
	if !w.ids.valid(h.connectionID, addr, now) {
		w.stats.badIDs.Add(1)
		return reply
	}
	switch h.action {
	case actionAnnounce:
		return w.handleAnnounce(reply, h, packet, addr, now)
	case actionScrape:
		return w.handleScrape(reply, h, packet)
	default:
		return w.refuse(reply, h, failAction)
	}
}

func (w *worker) handleConnect(reply []byte, h header, addr netip.Addr, now time.Time) []byte {
	if h.connectionID != protocolID {
		w.stats.malformed.Add(1)
		return reply
	}
	w.stats.connects.Add(1)
	return appendConnect(reply, h.transactionID, w.ids.issue(addr, now))
}

func (w *worker) handleAnnounce(reply []byte, h header, packet []byte, addr netip.Addr, now time.Time) []byte {
	if err := parseAnnounce(&w.announce, packet, addr); err != nil {
		return w.refuse(reply, h, err)
	}
	if w.url = appendURLData(w.url[:0], packet[announceLen:]); len(w.url) > 0 {
		w.stats.urlData.Add(1)
	}
	w.announce.Now = now
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

package load

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
)

func TestUDPRequestsAreWrittenAsBEP15Says(t *testing.T) {
	g := quiet(t, Config{Torrents: 4, Peers: 400, Sources: 8, SeedShare: 0.5})
	p := g.pop
	seed, leecher := uint32(0), uint32(0)
	for i := range uint32(400) {
		if p.seed(i) {
			seed = i
		} else {
			leecher = i
		}
	}
	head := "\x00\x00\x00\x00\x00\x00\x00\x4d" + "%s" + "\x01\x02\x03\x04"
	if got, want := string(appendConnect(nil, 0x01020304)), "\x00\x00\x04\x17\x27\x10\x19\x80\x00\x00\x00\x00\x01\x02\x03\x04"; got != want {
		t.Errorf("connect: have %q, want %q", got, want)
	}
	for _, c := range []struct {
		kind    kind
		peer    uint32
		event   uint32
		numWant int
	}{{regular, seed, 0, 50}, {regular, leecher, 0, -1}, {started, leecher, 2, 0}, {completed, leecher, 1, 50}, {stopped, seed, 3, 50}} {
		b := appendAnnounce(nil, 0x4d, 0x01020304, p, request{kind: c.kind, peer: c.peer}, c.numWant)
		if len(b) != 98 || string(b[:16]) != fmt.Sprintf(head, "\x00\x00\x00\x01") {
			t.Fatalf("%v: %d bytes, %q", c.kind, len(b), b[:16])
		}
		hash, id := p.hash(p.torrent[c.peer]), p.peerID(c.peer)
		if string(b[16:36]) != string(hash[:]) || string(b[36:56]) != string(id[:]) {
			t.Errorf("%v: info hash or peer id differ", c.kind)
		}
		left := binary.BigEndian.Uint64(b[64:])
		if whole := c.peer == seed || c.kind == completed; whole != (left == 0) {
			t.Errorf("%v of peer %d: %d bytes left", c.kind, c.peer, left)
		}
		if sum := binary.BigEndian.Uint64(b[56:]) + left; sum != fileBytes {
			t.Errorf("%v: downloaded and left are %d", c.kind, sum)
		}
		event, ip := binary.BigEndian.Uint32(b[80:]), binary.BigEndian.Uint32(b[84:])
		want, port := int32(binary.BigEndian.Uint32(b[92:])), binary.BigEndian.Uint16(b[96:])
		if event != c.event || ip != 0 || int(want) != c.numWant || port != p.port(c.peer) {
			t.Errorf("%v: event %d, address %d, numwant %d, port %d", c.kind, event, ip, want, port)
		}
	}
	b := appendScrape(nil, 0x4d, 0x01020304, p, request{kind: scrape, peer: 0}, 3)
	want := fmt.Sprintf(head, "\x00\x00\x00\x02")
	for i := range 3 {
		hash := p.hash(p.scraped(0, i))
		want += string(hash[:])
	}
	if string(b) != want {
		t.Errorf("scrape: have %q, want %q", b, want)
	}
}

func TestPathsAreSentAsBEP41Says(t *testing.T) {
	long := strings.Repeat("x", 300)
	for path, want := range map[string]string{
		"":          "",
		"/announce": "\x02\x09/announce",
		long:        "\x02\xff" + long[:255] + "\x02\x2d" + long[255:],
	} {
		if got := string(appendURL(nil, path)); got != want {
			t.Errorf("%q: have %q, want %q", path, got, want)
		}
	}
}

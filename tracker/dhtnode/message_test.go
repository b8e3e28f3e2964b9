package dhtnode

import (
	"net"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/anacrolix/dht/v2/krpc"
	"github.com/anacrolix/torrent/bencode"
)

// poison is datagrams that crash, or cost more than they should, somewhere in the
// library or in a careless reader.
var poison = []string{
	"",
	"d",
	"e",
	"de",
	"i1e",
	"le",
	"d2:ip0:1:t2:aa1:y1:qe",
	"d1:q13:announce_peer1:t2:aa1:y1:qe",
	"d1:q3:put1:t2:aa1:y1:qe",
	"d1:q3:get1:t2:aa1:y1:qe",
	"d1:ade1:q13:announce_peer1:t2:aa1:y1:qe",
	"d1:ad2:id20:abcdefghij0123456789e1:q13:announce_peer1:t2:aa1:y1:qe",
	"d1:ad2:id20:\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00e1:q4:ping1:t2:aa1:y1:qe",
	"d1:ad2:id20:abcdefghij01234567891:vle1:q3:put1:t2:aa1:y1:qe",
	"d1:t134217727:",
	"d1:t99999999999999999999:",
	"d1:t-1:",
	"d2:ipi-9e",
	"d1:ad2:id20:abcdefghij01234567894:porti99999999999999999999ee1:q4:ping1:t2:aa1:y1:qe",
	"d1:ad2:id20:abcdefghij01234567894:wantd1:ai1eee1:q9:find_node1:t2:aa1:y1:qe",
	"d1:q4:ping1:t" + "33:" + strings.Repeat("t", 33) + "1:y1:qe",
	"d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qetrailing",
	"d1:x" + strings.Repeat("l", 1900),
	"d1:x" + strings.Repeat("l", 900) + strings.Repeat("e", 900) + "e",
	strings.Repeat("d1:x", 400),
	strings.Repeat("x", 3000),
}

func TestPoisonIsKnownByTheLibraryToo(t *testing.T) {
	// If this fails because the library has got better, the package comment wants
	// a change, though not the airlock.
	defer func() {
		if recover() == nil {
			t.Error("krpc reads an empty ip without a panic")
		}
	}()
	_ = bencode.Unmarshal([]byte("d2:ip0:1:t2:aa1:y1:qe"), new(krpc.Msg))
}

func TestParse(t *testing.T) {
	id := strings.Repeat("i", 20)
	for _, test := range []struct {
		name, datagram string
		want           *message // nil: refused
	}{
		{"ping", "d1:ad2:id20:" + id + "e1:q4:ping1:t2:aa1:y1:qe",
			&message{A: &arguments{ID: id}, Q: "ping", T: "aa", Y: "q"}},
		{"unknown keys", "d1:ad2:id20:" + id + "1:xd1:yleee1:q4:ping1:t2:aa1:v4:UT011:y1:qe",
			&message{A: &arguments{ID: id}, Q: "ping", T: "aa", Y: "q"}},
		{"read-only", "d1:ad2:id20:" + id + "e1:q4:ping2:roi1e1:t2:aa1:y1:qe",
			&message{A: &arguments{ID: id}, Q: "ping", RO: true, T: "aa", Y: "q"}},
		{"announce", "d1:ad2:id20:" + id + "12:implied_porti1e9:info_hash20:" + id + "4:porti6881e5:token1:te1:q13:announce_peer1:t2:aa1:y1:qe",
			&message{A: &arguments{ID: id, ImpliedPort: true, InfoHash: id, Port: 6881, Token: "t"}, Q: "announce_peer", T: "aa", Y: "q"}},
		{"result", "d1:rd2:id20:" + id + "5:nodes26:" + id + "abcdefe1:t2:aa1:y1:re",
			&message{R: &result{ID: id, Nodes: id + "abcdef"}, T: "aa", Y: "r"}},
		{"short id", "d1:ad2:id19:" + id[1:] + "e1:q4:ping1:t2:aa1:y1:qe", nil},
		{"no id", "d1:ade1:q4:ping1:t2:aa1:y1:qe", nil},
		{"no arguments", "d1:q4:ping1:t2:aa1:y1:qe", nil},
		{"query without y", "d1:ad2:id20:" + id + "e1:q4:ping1:t2:aae", nil},
		{"result without r", "d1:t2:aa1:y1:re", nil},
		{"error without e", "d1:t2:aa1:y1:ee", nil},
		{"odd nodes", "d1:rd2:id20:" + id + "5:nodes25:" + id + "abcdee1:t2:aa1:y1:re", nil},
		{"odd nodes6", "d1:rd2:id20:" + id + "6:nodes626:" + id + "abcdefe1:t2:aa1:y1:re", nil},
		{"trailing bytes", "d1:ad2:id20:" + id + "e1:q4:ping1:t2:aa1:y1:qex", nil},
		{"truncated", "d1:ad2:id20:" + id + "e1:q4:ping1:t2:aa1:y1:q", nil},
	} {
		got, err := parse([]byte(test.datagram))
		switch {
		case test.want == nil && err == nil:
			t.Errorf("%s: read as %+v, want an error", test.name, got)
		case test.want != nil && (err != nil || !reflect.DeepEqual(got, test.want)):
			t.Errorf("%s: got %+v, %v", test.name, got, err)
		}
	}
}

func TestStatedLengthsAllocateNothing(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := parse([]byte("d1:t134217727:")); err == nil {
		t.Fatal("no error")
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 {
		t.Errorf("14 bytes made parse allocate %d", n)
	}
}

func TestMarksAreUndone(t *testing.T) {
	h := string(hash[:])
	for _, id := range []string{"", "a", "gg", "pp", strings.Repeat("t", 32)} {
		if got, ih, ok := unmark(plain(id)); got != id || ih != "" || !ok {
			t.Errorf("plain(%q) comes back as %q, %q, %v", id, got, ih, ok)
		}
		if got, ih, ok := unmark(peersFor(h, id)); got != id || ih != h || !ok {
			t.Errorf("peersFor(hash, %q) comes back as %q, %q, %v", id, got, ih, ok)
		}
	}
	for _, id := range []string{"", "x", "g", "g" + h[1:]} {
		if _, _, ok := unmark(id); ok {
			t.Errorf("%q passes for marked", id)
		}
	}
}

// FuzzParse checks that what is read is written so that the library can read it.
func FuzzParse(f *testing.F) {
	for _, s := range poison {
		f.Add([]byte(s))
	}
	for _, s := range sound {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, datagram []byte) {
		m, err := parse(datagram)
		if err != nil {
			return
		}
		again, err := parse(m.encode())
		if err != nil {
			t.Fatalf("%q is written as %q: %v", datagram, m.encode(), err)
		}
		if string(again.encode()) != string(m.encode()) {
			t.Fatalf("%q is written as %q, then as %q", datagram, m.encode(), again.encode())
		}
	})
}

var sound = []string{
	"d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe",
	"d1:rd2:id20:mnopqrstuvwxyz123456e1:t2:aa1:y1:re",
	"d1:ad2:id20:abcdefghij01234567896:target20:mnopqrstuvwxyz123456e1:q9:find_node1:t2:aa1:y1:qe",
	"d1:ad2:id20:abcdefghij01234567899:info_hash20:mnopqrstuvwxyz123456e1:q9:get_peers1:t2:aa1:y1:qe",
	"d1:ad2:id20:abcdefghij01234567899:info_hash20:mnopqrstuvwxyz1234564:porti6881e5:token8:aoeusnthe1:q13:announce_peer1:t2:aa1:y1:qe",
	"d1:eli201e23:A Generic Error Ocurrede1:t2:aa1:y1:ee",
	"d1:e4:oops1:t2:aa1:y1:ee",
	"d1:rd2:id20:mnopqrstuvwxyz1234565:nodes26:abcdefghij0123456789axje.ue1:t2:aa1:y1:re",
}

// FuzzArrive lets datagrams pass to a real server. A panic there ends the process.
func FuzzArrive(f *testing.F) {
	for _, s := range poison {
		f.Add([]byte(s))
	}
	for _, s := range sound {
		f.Add([]byte(s))
	}
	n, err := New(Config{Handler: &fake{peers: manyPeers(100, 4)}, Listen: "127.0.0.1:0", Rate: 1 << 30})
	if err != nil {
		f.Fatal(err)
	}
	sink, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 5)})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() {
		n.server.Close()
		n.airlock.Close()
		n.conn.Close()
		sink.Close()
	})
	from := sink.LocalAddr().(*net.UDPAddr).AddrPort()
	f.Fuzz(func(t *testing.T, datagram []byte) { n.arrive(datagram, from) })
}

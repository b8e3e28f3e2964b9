package live

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/netip"
	"testing"
	"time"
)

// far returns both ends of a connection over loopback; the first one dialled, and its
// peer is 20 ms away, and 30 ms back.
func far(t *testing.T) (near, away net.Conn) {
	t.Helper()
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	accepted := make(chan net.Conn, 1)
	go func() {
		conn, _ := listener.Accept()
		accepted <- conn
	}()
	d := farDialer{delay: func(netip.Addr) (there, back time.Duration) { return 20 * time.Millisecond, 30 * time.Millisecond }}
	if near, err = d.Dial(t.Context(), listener.Addr().String()); err != nil {
		t.Fatal(err)
	}
	away = <-accepted
	if away == nil {
		t.Fatal("nobody was accepted")
	}
	t.Cleanup(func() { near.Close(); away.Close() })
	return near, away
}

// What is sent comes whole and in order, and no sooner than it may: a later arrival is the
// machine's doing.
func TestBytesTakeTheirTime(t *testing.T) {
	near, away := far(t)
	sent := bytes.Repeat([]byte("0123456789abcdef"), 1<<15) // more than a parcel
	for _, way := range []struct {
		name     string
		from, to net.Conn
		least    time.Duration
	}{{"there", near, away, 20 * time.Millisecond}, {"back", away, near, 30 * time.Millisecond}} {
		began := time.Now()
		failed := make(chan error, 1)
		go func() {
			_, err := way.from.Write(sent)
			failed <- err
		}()
		got := make([]byte, len(sent))
		if _, err := io.ReadFull(way.to, got); err != nil {
			t.Fatalf("%s: %v", way.name, err)
		}
		if took := time.Since(began); took < way.least {
			t.Errorf("%s: bytes came after %v, want %v at least", way.name, took, way.least)
		}
		if err := <-failed; err != nil || !bytes.Equal(got, sent) {
			t.Errorf("%s: the bytes are not those that were sent; error %v", way.name, err)
		}
	}
}

func TestFarConnectionsEnd(t *testing.T) {
	near, _ := far(t)
	near.Close()
	if _, err := near.Read(make([]byte, 1)); !errors.Is(err, net.ErrClosed) {
		t.Errorf("reading after Close: %v", err)
	}
	if _, err := near.Write([]byte{1}); !errors.Is(err, net.ErrClosed) {
		t.Errorf("writing after Close: %v", err)
	}
	near, away := far(t)
	away.Close()
	if _, err := near.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("reading after the other end has closed: %v", err)
	}
}

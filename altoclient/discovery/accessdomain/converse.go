package accessdomain

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"time"
)

// exchange is where questions to DHCP servers go to, and where answers come.
type exchange struct {
	local, server netip.AddrPort
	delay         time.Duration // before the first question at most, by chance
	first         time.Duration // how long to wait for the first answer; twice as long each time
}

// tries is how often a question is put (RFC 2131 section 4.4.3).
const tries = 4

var errNoAnswer = errors.New("no DHCP server answers")

// converse sends message, again and again, until accept takes an answer.
//
// A host with a DHCP client has a socket at the very port; ours is beside it for as
// long as this takes. An answer to the client that comes meanwhile may be lost, which
// the client cannot tell from a lost packet.
func (e exchange) converse(ctx context.Context, message func(try int) []byte, accept func([]byte) bool) error {
	config := net.ListenConfig{Control: shareAddress}
	conn, err := config.ListenPacket(ctx, "udp", e.local.String())
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() }) // to interrupt the read
	defer func() {
		if stop() {
			_ = conn.Close()
		}
	}()
	if err := pause(ctx, rand.N(e.delay+1)); err != nil {
		return err
	}
	for try := range tries {
		if _, err = conn.WriteTo(message(try), net.UDPAddrFromAddrPort(e.server)); err == nil {
			err = receive(conn, time.Now().Add(spread(e.first<<try)), accept)
		}
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			break
		}
		err = errNoAnswer
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// receive reads until accept takes a datagram.
func receive(conn net.PacketConn, until time.Time, accept func([]byte) bool) error {
	if err := conn.SetReadDeadline(until); err != nil {
		return err
	}
	var buffer [4096]byte
	for {
		n, _, err := conn.ReadFrom(buffer[:])
		if err != nil {
			return err
		}
		if accept(buffer[:n]) {
			return nil
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// spread makes d up to a quarter longer or shorter.
func spread(d time.Duration) time.Duration { return d - d/4 + rand.N(d/2+1) }

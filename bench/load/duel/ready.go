package duel

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"time"

	"github.com/altracker/altracker/bench/load"
)

var errSilent = errors.New("it does not answer a connect request")

// probe asks a server whether it is there: over UDP for a connection id, else for a
// connection.
func probe(ctx context.Context, t load.Target) error {
	network := "tcp"
	if t.Scheme == "udp" {
		network = "udp"
	}
	conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, network, t.Addr.String())
	if err != nil {
		return err
	}
	defer conn.Close()
	if network == "tcp" {
		return nil
	}
	if err := conn.SetDeadline(time.Now().Add(200 * time.Millisecond)); err != nil {
		return err
	}
	const request = "\x00\x00\x04\x17\x27\x10\x19\x80\x00\x00\x00\x00duel" // BEP 15
	if _, err := conn.Write([]byte(request)); err != nil {
		return err
	}
	var reply [64]byte
	if n, err := conn.Read(reply[:]); err != nil || n < 16 {
		return errSilent
	}
	return nil
}

// freePort returns a port of the loopback address that is free over TCP and UDP.
func freePort() (uint16, error) {
	const tries = 100
	var last error
	for range tries {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return 0, err
		}
		addr := l.Addr().(*net.TCPAddr).AddrPort()
		c, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(addr.Addr(), addr.Port())))
		l.Close()
		if last = err; err == nil {
			c.Close()
			return addr.Port(), nil
		}
	}
	return 0, last
}

//go:build linux

package null_test

import (
	"context"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/altracker/altracker/bench/load"
	"github.com/altracker/altracker/bench/load/null"
)

type server interface {
	Addr() netip.AddrPort
	Run(context.Context) error
}

func TestNullServersAnswerEverything(t *testing.T) {
	for _, c := range []struct {
		name, url string
		config    null.Config
		load      load.Config
	}{
		{"UDP", "udp://%v", null.Config{Peers: 7}, load.Config{}},
		{"UDP mix", "udp://%v", null.Config{Peers: 7}, load.Config{Mix: mix(t, "announce=1,connect=1,scrape=1")}},
		{"UDP, two workers", "udp://%v", null.Config{Peers: 7, Workers: 2}, load.Config{}},
		{"UDP over IPv6", "udp://%v", null.Config{Peers: 7}, load.Config{}},
		{"HTTP", "http://%v/announce", null.Config{Peers: 7}, load.Config{}},
		{"HTTP in the pipe", "http://%v/announce", null.Config{Peers: 7}, load.Config{Pipeline: 8}},
		{"HTTP, two workers", "http://%v/announce", null.Config{Peers: 7, Workers: 2}, load.Config{}},
		{"HTTP, a connection each", "http://%v/announce", null.Config{Peers: 7, OneShot: true}, load.Config{OneShot: true, Connections: 8}},
		{"HTTP, a connection each that nobody ends", "http://%v/announce", null.Config{Peers: 7}, load.Config{OneShot: true, Connections: 8}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.load.Target = serve(t, c.name, c.url, c.config)
			c.load.Torrents, c.load.Peers, c.load.NumWant = 5, 500, 10
			c.load.TrustPeers, c.load.Timeout, c.load.Duration = true, 30*time.Second, 100*time.Millisecond
			g, err := load.New(c.load)
			if err != nil {
				t.Fatal(err)
			}
			defer g.Close()
			if err := g.Fill(t.Context()); err != nil {
				t.Fatal(err)
			}
			r := &load.Result{}
			for r.Sent == 0 { // a busy machine may let the whole time pass
				if r, err = g.Measure(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if r.Lost+r.Refused+r.Wrong != 0 || r.PeersPerReply != 7 {
				t.Errorf("%d sent, %d lost, %d refused, %d wrong, %.1f peers: %+v", r.Sent, r.Lost, r.Refused, r.Wrong, r.PeersPerReply, r.WrongReplies)
			}
		})
	}
}

func mix(t *testing.T, text string) load.Mix {
	t.Helper()
	m, err := load.ParseMix(text)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// serve runs a null server until the test ends.
func serve(t *testing.T, name, url string, c null.Config) load.Target {
	t.Helper()
	addr := netip.MustParseAddrPort("127.0.0.1:0")
	if name == "UDP over IPv6" {
		addr = netip.MustParseAddrPort("[::1]:0")
	}
	var s server
	var err error
	if url[:3] == "udp" {
		s, err = null.ListenUDP(addr, c)
	} else {
		s, err = null.ListenHTTP(addr, c)
	}
	if err != nil {
		if addr.Addr().Is6() {
			t.Skip("no such address here: ", err)
		}
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	target, err := load.ParseTarget(t.Context(), fmt.Sprintf(url, s.Addr()), false)
	if err != nil {
		t.Fatal(err)
	}
	return target
}

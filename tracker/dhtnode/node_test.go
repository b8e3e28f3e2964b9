package dhtnode

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/anacrolix/dht/v2"
	"github.com/anacrolix/dht/v2/krpc"
)

func TestNewRefuses(t *testing.T) {
	good := Config{Handler: &fake{}, Listen: "127.0.0.1:0"}
	for _, test := range []struct {
		field string
		spoil func(*Config)
	}{
		{"Handler", func(c *Config) { c.Handler = nil }},
		{"Listen", func(c *Config) { c.Listen = "" }},
		{"Listen", func(c *Config) { c.Listen = "127.0.0.1" }},
		{"Lifetime", func(c *Config) { c.Lifetime = -time.Second }},
		{"Rate", func(c *Config) { c.Rate = -1 }},
		{"Bootstrap", func(c *Config) { c.Bootstrap = []string{"router.example"} }},
		{"Bootstrap", func(c *Config) { c.Bootstrap = []string{"router.example:70000"} }},
		{"Bootstrap", func(c *Config) { c.Bootstrap = []string{":6881"} }},
	} {
		c := good
		test.spoil(&c)
		if _, err := New(c); err == nil || !strings.HasPrefix(err.Error(), "dhtnode: "+test.field) {
			t.Errorf("error is %v, want it to name %s", err, test.field)
		}
	}
}

func TestNodeIDFitsThePublicAddress(t *testing.T) {
	ip := netip.MustParseAddr("124.31.75.21")
	n := start(t, Config{PublicIP: ip})
	if !dht.NodeIdSecure(n.ID(), ip.AsSlice()) {
		t.Errorf("id %x does not fit %v", n.ID(), ip)
	}
	fixed := [20]byte{7}
	if got := start(t, Config{NodeID: fixed}).ID(); got != fixed {
		t.Errorf("id is %x, want the configured one", got)
	}
}

func TestWithoutBootstrapNobodyIsContacted(t *testing.T) {
	n := start(t, Config{})
	n.introduce(t.Context())
	if got := n.server.Stats().OutboundQueriesAttempted; got != 0 {
		t.Errorf("%d queries were sent", got)
	}
	// What the library's own upkeep would start from.
	if nodes, err := n.server.TraversalStartingNodes(); err == nil {
		t.Errorf("the library would contact %v", nodes)
	}
}

func TestPoisonousDatagramsAreSurvived(t *testing.T) {
	n := start(t, Config{})
	r := newRaw(t, "127.0.0.5", n)
	for _, datagram := range poison {
		r.send(datagram)
		// Some get an answer of their own before the ping does.
		r.send("d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:zz1:y1:qe")
		for !strings.Contains(r.receive(), "1:t2:zz1:y1:r") {
		}
	}
}

func TestUnknownMethodIsRefused(t *testing.T) {
	n := start(t, Config{})
	c := client(t, "127.0.0.5")
	for _, q := range []string{"put", "get", "sample_infohashes"} {
		if e := query(t, c, n, q, krpc.MsgArgs{}).Error(); e == nil || e.Code != krpc.ErrorCodeMethodUnknown {
			t.Errorf("%q gave %v, want error 204", q, e)
		}
	}
}

func TestMissingArgumentsAreRefused(t *testing.T) {
	n := start(t, Config{})
	r := newRaw(t, "127.0.0.5", n)
	for _, q := range []string{"find_node", "get_peers", "announce_peer"} {
		for _, value := range []string{"", "short", strings.Repeat("x", 21)} {
			_, m := r.ask(message{Q: q, A: &arguments{InfoHash: value, Target: value}})
			if m.E == nil || m.E.Code != krpc.ErrorCodeProtocolError {
				t.Errorf("%s for %q gave %+v, want error 203", q, value, m)
			}
		}
	}
}

func TestQueriesAboveTheRateAreDropped(t *testing.T) {
	clk := newClock()
	n := start(t, Config{Rate: 5, Now: clk.now})
	r := newRaw(t, "127.0.0.5", n)
	for range 8 {
		r.send("d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe")
	}
	eventually(t, "all queries are counted", func() bool { return n.Stats().Queries == 8 })
	if got := n.Stats().Limited; got != 3 {
		t.Errorf("%d of 8 queries were dropped, want 3", got)
	}
	clk.advance(time.Second)
	for range 5 {
		r.receive()
	}
	r.ask(message{Q: "ping"})
}

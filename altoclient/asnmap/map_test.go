package asnmap

import (
	"net/netip"
	"testing"

	"github.com/gaissmai/bart"
)

func TestAddressesFindTheirPlace(t *testing.T) {
	m := mapOf(t,
		"192.0.2.0,192.0.2.127,64500\n192.0.2.192,192.0.2.255,AS64501\n2001:db8::,2001:db8:ffff:ffff:ffff:ffff:ffff:ffff,64500\n",
		"192.0.2.0,192.0.2.191,DE\n198.51.100.0,198.51.100.255,FR\n",
	)
	wantNames(t, m, map[string]string{
		"0.0.0.0": "default", "192.0.1.255": "default",
		"192.0.2.0": "as64500", "192.0.2.127": "as64500",
		"192.0.2.128": "cc-de", "192.0.2.191": "cc-de",
		"192.0.2.192": "as64501", "192.0.2.255": "as64501", "192.0.3.0": "default",
		"198.51.100.7": "cc-fr", "255.255.255.255": "default",
		"::": "default", "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff": "default",
		"2001:db8::": "as64500", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff": "as64500",
		"2001:db9::": "default", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff": "default",
	})
	if got := m.PID(netip.Addr{}); got != 0 {
		t.Errorf("PID of no address is %d", got)
	}
	if m.Name(0) != "" || m.Name(uint32(m.PIDs())+1) != "" {
		t.Error("what is no PID has a name")
	}
}

func TestPIDsFollowContinentCountryAndAS(t *testing.T) {
	m := mapOf(t, "asn,country\n64504,DE\n64503,FR\n64502,JP\n64501,JP\n64505,QQ\n64506,\n",
		"10.0.0.0,10.0.0.255,64506\n10.0.1.0,10.0.1.255,64505\n10.0.2.0,10.0.2.255,64504\n10.0.3.0,10.0.3.255,64503\n"+
			"10.0.4.0,10.0.4.255,64502\n10.0.5.0,10.0.5.255,64501\n10.0.6.0,10.0.6.255,64499\n",
		"10.0.8.0,10.0.8.255,JP\n")
	want := []string{"cc-jp", "as64501", "as64502", "as64504", "as64503", "as64505", "as64499", "as64506", "default"}
	if m.PIDs() != len(want) {
		t.Fatalf("%d PIDs, want %d", m.PIDs(), len(want))
	}
	for i, name := range want {
		if got := m.Name(uint32(i) + 1); got != name {
			t.Errorf("PID %d is %q, want %q", i+1, got, name)
		}
		if m.Default(uint32(i)+1) != (name == "default") {
			t.Errorf("Default(%s) is wrong", name)
		}
	}
}

func TestPrefixesSayWhatThePIDsSay(t *testing.T) {
	m := sample(t)
	var prefixes bart.Table[uint32]
	for p, pid := range m.Prefixes() {
		if p != p.Masked() {
			t.Fatalf("%v is not masked", p)
		}
		if _, twice := prefixes.Get(p); twice {
			t.Fatalf("%v comes twice", p)
		}
		prefixes.Insert(p, pid)
	}
	n := 0
	edges(m, func(addr netip.Addr) {
		n++
		if want, ok := prefixes.Lookup(addr); !ok || m.PID(addr) != want {
			t.Errorf("PID of %v is %d, by the prefixes %d", addr, m.PID(addr), want)
		}
	})
	if n < 1000 {
		t.Fatalf("only %d addresses were compared", n)
	}
}

func TestPrefixesStopWhenAsked(t *testing.T) {
	m := sample(t)
	for stop := range 10 {
		n := 0
		for range m.Prefixes() {
			if n++; n > stop {
				break
			}
		}
		if n != stop+1 {
			t.Errorf("%d prefixes after the stop", n-stop)
		}
	}
}

func TestLookupAllocatesNothing(t *testing.T) {
	m := sample(t)
	a, b := netip.MustParseAddr("80.66.1.1"), netip.MustParseAddr("2a02:100::1")
	if n := testing.AllocsPerRun(100, func() { m.PID(a); m.PID(b) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

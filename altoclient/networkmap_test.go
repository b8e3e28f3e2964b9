package altoclient

import (
	"errors"
	"net"
	"net/netip"
	"strings"
	"testing"
)

func TestNetworkMapPlacesAddresses(t *testing.T) {
	rfc := readTestdata(t, "rfc7285/networkmap.json")
	longest := readTestdata(t, "rfc7285/networkmap-longest.json")
	v4only := networkMapDoc(`{"all":{"ipv4":["0.0.0.0/0"]}}`)
	for _, tt := range []struct {
		name, doc, addr, want string
	}{
		{"RFC 7285 11.2.1.7, first PID", rfc, "192.0.2.7", "PID1"},
		{"RFC 7285 11.2.1.7, upper half", rfc, "198.51.100.200", "PID2"},
		{"RFC 7285 11.2.1.7, IPv4 default", rfc, "203.0.113.1", "PID3"},
		{"RFC 7285 11.2.1.7, IPv6 default", rfc, "2001:db8::1", "PID3"},
		{"P1 longest prefix wins", longest, "192.0.2.1", "PID3"},
		{"P1 the shorter holds elsewhere", longest, "198.51.100.1", "PID2"},
		{"P2 a family that is not in the map", v4only, "2001:db8::1", ""},
		{"P4 order does not matter", networkMapDoc(`{"in":{"ipv4":["10.1.0.0/16"]},"out":{"ipv4":["10.0.0.0/8"]}}`), "10.1.2.3", "in"},
		{"P5 both defaults are apart, IPv4", longest, "9.9.9.9", "PID1"},
		{"P5 both defaults are apart, IPv6", longest, "2001:db8::1", "PID0"},
		{"P6 unmapped before the lookup", rfc, "::ffff:192.0.2.7", "PID1"},
		{"P8 host bits are cut off", networkMapDoc(`{"a":{"ipv4":["198.51.100.128/24"]}}`), "198.51.100.1", "a"},
		{"P13 a map without default leaves the rest out", networkMapDoc(`{"a":{"ipv4":["10.0.0.0/8"]}}`), "11.0.0.1", ""},
		{"P14 6to4 is plain IPv6", networkMapDoc(`{"a":{"ipv4":["192.0.2.0/24"]},"b":{"ipv6":["2002::/16"]}}`), "2002:c000:201::1", "b"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := parseNetworkMap(t, tt.doc)
			if got := m.Name(m.PID(netip.MustParseAddr(tt.addr).Unmap())); got != tt.want {
				t.Errorf("%s is in %q, want %q", tt.addr, got, tt.want)
			}
		})
	}
}

func TestNetworkMapKeepsPIDsWithoutKnownAddresses(t *testing.T) { // P7
	m := parseNetworkMap(t, networkMapDoc(`{"a":{"mac48":["66-55-44-33-22-11"]},"b":{"ipv4":["10.0.0.0/8"]}}`))
	if m.PIDs() != 2 || m.Name(1) != "a" || m.Len() != 1 {
		t.Errorf("have %d PIDs, the first %q, %d prefixes; want 2, a, 1", m.PIDs(), m.Name(1), m.Len())
	}
	costs := parseCostMap(t, costMapDoc(Numerical, `{"a":{"b":3}}`), m)
	if costs.Cost(1, 2) != 3 || costs.Dropped() != 0 {
		t.Errorf("cost %v, dropped %d; want 3, 0", costs.Cost(1, 2), costs.Dropped())
	}
}

func TestNetworkMapRefuses(t *testing.T) {
	for _, tt := range []struct {
		name, doc, path, text string
	}{
		{"P3 a prefix in two PIDs", networkMapDoc(`{"a":{"ipv4":["10.0.0.0/8"]},"b":{"ipv4":["11.0.0.0/8","10.0.0.0/8"]}}`), "/network-map/b/ipv4/1", "is in PID a too"},
		{"P3 the same after masking", readTestdata(t, "rfc7285/networkmap-filtered.json"), "/network-map/PID2/ipv4/0", "is in PID PID1 too"},
		{"P12 a malformed prefix", networkMapDoc(`{"pid1":{"ipv4":["10.0.0.0/8","11.0.0.0/8","12.0.0.0/8","13.0.0.0/33"]}}`), "/network-map/pid1/ipv4/3", "13.0.0.0/33"},
		{"P12 a zone", networkMapDoc(`{"a":{"ipv6":["fe80::%eth0/64"]}}`), "/network-map/a/ipv6/0", "zone"},
		{"an address without length", networkMapDoc(`{"a":{"ipv4":["10.0.0.1"]}}`), "/network-map/a/ipv4/0", "no '/'"},
		{"the wrong family", networkMapDoc(`{"a":{"ipv4":["::/0"]}}`), "/network-map/a/ipv4/0", "family"},
		{"the wrong family, other way", networkMapDoc(`{"a":{"ipv6":["10.0.0.0/8"]}}`), "/network-map/a/ipv6/0", "family"},
		{"a number for a prefix", networkMapDoc(`{"a":{"ipv4":[4]}}`), "/network-map/a/ipv4/0", "want a string"},
		{"an object for prefixes", networkMapDoc(`{"a":{"ipv4":{}}}`), "/network-map/a/ipv4", "want an array"},
		{"an array for a PID", networkMapDoc(`{"a":[]}`), "/network-map/a", "want an object"},
		{"null for the map", networkMapDoc(`null`), "/network-map", "want an object"},
		{"D12 a PID twice", networkMapDoc(`{"a":{},"a":{}}`), "/network-map/a", "duplicate"},
		{"D10 case matters", `{"meta":{"vtag":{"resource-id":"map","tag":"1"}},"NETWORK-MAP":{}}`, "/network-map", "missing"},
		{"no version tag", `{"network-map":{}}`, "/meta/vtag", "missing"},
		{"half a version tag", `{"meta":{"vtag":{"tag":"1"}},"network-map":{}}`, "/meta/vtag", "resource-id"},
		{"a space in the tag", `{"meta":{"vtag":{"resource-id":"map","tag":"1 2"}},"network-map":{}}`, "/meta/vtag/tag", "only the characters"},
		{"a PID name that is too long", networkMapDoc(`{"` + strings.Repeat("a", 65) + `":{}}`), "/network-map/" + strings.Repeat("a", 65), "65 characters"},
		{"an empty PID name", networkMapDoc(`{"":{}}`), "/network-map/", "0 characters"},
		{"a slash in a PID name", networkMapDoc(`{"a/b":{}}`), "/network-map/a~1b", "only letters"},
		{"single quotes", `{'meta':{}}`, "", "invalid character"},
		{"nothing", ``, "", "EOF"},
		{"half a document", networkMapDoc(`{"a":{"ipv4":["10.0.0.0/8`), "/network-map/a/ipv4/0", "EOF"},
		{"two documents", networkMapDoc(`{}`) + `{}`, "", "more than one"},
		{"a directory", readTestdata(t, "rfc7285/directory.json"), "/meta/vtag", "missing"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ParseNetworkMap(strings.NewReader(tt.doc), Limits{})
			wantParseError(t, err, tt.path, tt.text)
		})
	}
}

func wantParseError(t *testing.T, err error, path, text string) {
	t.Helper()
	var parse *ParseError
	if !errors.As(err, &parse) {
		t.Fatalf("error is %v, want a ParseError", err)
	}
	if parse.Path != path {
		t.Errorf("error %v is at %q, want %q", err, parse.Path, path)
	}
	if !strings.Contains(err.Error(), text) {
		t.Errorf("error %v does not say %q", err, text)
	}
}

func TestNetworkMapObeysLimits(t *testing.T) {
	doc := networkMapDoc(`{"a":{"ipv4":["10.0.0.0/8","11.0.0.0/8"]},"b":{}}`)
	for name, limits := range map[string]Limits{
		"bytes":    {Bytes: int64(len(doc)) - 1},
		"PIDs":     {PIDs: 1},
		"prefixes": {Prefixes: 1},
	} {
		if _, err := ParseNetworkMap(strings.NewReader(doc), limits); !errors.Is(err, ErrTooLarge) {
			t.Errorf("limit of %s: %v, want ErrTooLarge", name, err)
		}
	}
	exact := Limits{Bytes: int64(len(doc)), PIDs: 2, Prefixes: 2}
	if _, err := ParseNetworkMap(strings.NewReader(doc), exact); err != nil {
		t.Errorf("just within the limits: %v", err)
	}
}

func TestNetworkMapRoundTrips(t *testing.T) {
	for _, name := range []string{"rfc7285/networkmap.json", "rfc7285/networkmap-longest.json", "openalto/networkmap.json"} {
		m := parseNetworkMap(t, readTestdata(t, name))
		again := parseNetworkMap(t, string(m.AppendJSON(nil)))
		if !m.sameContent(again) || m.VersionTag() != again.VersionTag() {
			t.Errorf("%s differs after a round trip: %s", name, m.AppendJSON(nil))
		}
	}
}

func FuzzParseNetworkMap(f *testing.F) {
	for _, name := range []string{"networkmap.json", "networkmap-longest.json", "networkmap-filtered.json", "costmap.json"} {
		f.Add([]byte(readTestdata(f, "rfc7285/"+name)))
	}
	f.Add([]byte(networkMapDoc(`{"\u0061":{"ipv6":["::ffff:1.2.3.4/120"]}}`)))
	f.Fuzz(func(t *testing.T, doc []byte) {
		m, err := ParseNetworkMap(strings.NewReader(string(doc)), Limits{Bytes: 1 << 16})
		if err != nil {
			if m != nil {
				t.Error("a map comes with an error")
			}
			return
		}
		again, err := ParseNetworkMap(strings.NewReader(string(m.AppendJSON(nil))), Limits{})
		if err != nil || !m.sameContent(again) {
			t.Errorf("does not round-trip: %v", err)
		}
	})
}

// FuzzParsePrefix compares the prefix syntax with that of package net, which may
// allow more.
func FuzzParsePrefix(f *testing.F) {
	f.Add("192.0.2.0/24")
	f.Add("2001:db8::/32")
	f.Fuzz(func(t *testing.T, text string) {
		for _, v4 := range []bool{true, false} {
			prefix, err := parsePrefix(text, v4)
			if err != nil {
				continue
			}
			_, block, err := net.ParseCIDR(text)
			if err != nil {
				t.Fatalf("%q is %v, and none to package net: %v", text, prefix, err)
			}
			ones, _ := block.Mask.Size()
			if addr := prefix.Masked().Addr().As16(); ones != prefix.Bits() || !block.IP.Equal(addr[:]) && v4 == (block.IP.To4() != nil) {
				t.Errorf("%q is %v, to package net %v", text, prefix, block)
			}
			if again, err := parsePrefix(prefix.String(), v4); err != nil || again != prefix {
				t.Errorf("%v comes back as %v, %v", prefix, again, err)
			}
		}
	})
}

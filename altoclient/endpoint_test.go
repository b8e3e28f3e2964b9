package altoclient

import (
	"bytes"
	"errors"
	"net/netip"
	"strings"
	"testing"
)

func TestEndpointsHaveOneSpellingHere(t *testing.T) { // P6, P9, P10
	for text, want := range map[string]string{
		"ipv4:192.0.2.34":           "ipv4:192.0.2.34",
		"ipv6:2001:db8::1":          "ipv6:2001:db8::1",
		"ipv6:2001:DB8:0:0:0::1":    "ipv6:2001:db8::1",
		"ipv6:::ffff:192.0.2.34":    "ipv4:192.0.2.34",
		"ipv6:2001:db8::192.0.2.34": "ipv6:2001:db8::c000:222",
	} {
		addr, err := ParseEndpoint(text)
		if err != nil || string(AppendEndpoint(nil, addr)) != want {
			t.Errorf("%s is %s, %v; want %s", text, AppendEndpoint(nil, addr), err, want)
		}
	}
	for _, text := range []string{"", "192.0.2.34", "ipv4:", "ipv4:::1", "ipv6:192.0.2.34", "ipv6:fe80::1%eth0", "IPV4:192.0.2.34", "mac48:66-55", "ipv4:192.0.2.0/24"} {
		if addr, err := ParseEndpoint(text); err == nil {
			t.Errorf("%q is %v", text, addr)
		}
	}
}

func TestEndpointDocumentsOfRFC7285(t *testing.T) {
	costs, err := ParseEndpointCosts(strings.NewReader(readTestdata(t, "rfc7285/endpointcost.json")), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	src, dst := netip.MustParseAddr("192.0.2.2"), netip.MustParseAddr("198.51.100.34")
	if costs.CostType() != (CostType{RoutingCost, Ordinal}) || costs.Len() != 3 || costs.Cost(src, dst) != 2 {
		t.Errorf("%v, %d pairs, cost %v", costs.CostType(), costs.Len(), costs.Cost(src, dst))
	}
	if back := costs.Cost(dst, src); back == back {
		t.Errorf("the way back costs %v", back)
	}
	props, err := ParseEndpointProperties(strings.NewReader(readTestdata(t, "rfc7285/endpointprop.json")), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	first, second := netip.MustParseAddr("192.0.2.34"), netip.MustParseAddr("203.0.113.129")
	pid := PIDProperty("my-default-network-map")
	if v, _ := props.Value(first, pid); v != "PID1" {
		t.Errorf("PID is %q", v)
	}
	if v, _ := props.Value(first, "priv:ietf-example-prop"); v != "1" {
		t.Errorf("property is %q", v)
	}
	if _, ok := props.Value(second, "priv:ietf-example-prop"); ok { // H16
		t.Error("there is a property that the server left out")
	}
	if tags := props.NetworkMaps(); len(tags) != 1 || tags[0].ResourceID != "my-default-network-map" {
		t.Errorf("depends on %v", tags)
	}
}

func TestEndpointDocumentsRoundTrip(t *testing.T) {
	const costs = `{"meta":{"cost-type":{"cost-mode":"numerical","cost-metric":"routingcost"}},"endpoint-cost-map":{` +
		`"ipv4:192.0.2.2":{"ipv6:2001:db8::1":-1.5,"ipv4:192.0.2.89":1},"ipv6:2001:db8::1":{}}}`
	c, err := ParseEndpointCosts(strings.NewReader(costs), Limits{})
	if err != nil || string(c.AppendJSON(nil)) != costs {
		t.Errorf("%v, %s", err, c.AppendJSON(nil))
	}
	const props = `{"meta":{"dependent-vtags":[{"resource-id":"a","tag":"1"},{"resource-id":"b","tag":"2"}]},"endpoint-properties":{` +
		`"ipv6:2001:db8::1":{"a.pid":"x","b.pid":"y\"z"},"ipv4:192.0.2.89":{}}}`
	p, err := ParseEndpointProperties(strings.NewReader(props), Limits{})
	if err != nil || string(p.AppendJSON(nil)) != props {
		t.Errorf("%v, %s", err, p.AppendJSON(nil))
	}
}

func endpointCostDoc(mode, costs string) string {
	return `{"meta":{"cost-type":{"cost-mode":"` + mode + `","cost-metric":"routingcost"}},"endpoint-cost-map":` + costs + `}`
}

func TestEndpointCostsRefuse(t *testing.T) {
	for _, tt := range []struct{ name, doc, path, text string }{
		{"no cost type", `{"endpoint-cost-map":{}}`, "/meta/cost-type", "missing"},
		{"no map", `{"meta":{"cost-type":{"cost-mode":"ordinal","cost-metric":"x"}}}`, "/endpoint-cost-map", "missing"},
		{"metric and mode confused", `{"meta":{"cost-type":{"cost-mode":"array","cost-metric":"numerical"}},"endpoint-cost-map":{}}`, "/meta/cost-type/cost-mode", "array"},
		{"null", endpointCostDoc(Numerical, `{"ipv4:1.2.3.4":{"ipv4:1.2.3.5":null}}`), "/endpoint-cost-map/ipv4:1.2.3.4/ipv4:1.2.3.5", "want a number"},
		{"a string", endpointCostDoc(Numerical, `{"ipv4:1.2.3.4":{"ipv4:1.2.3.5":"5"}}`), "/endpoint-cost-map/ipv4:1.2.3.4/ipv4:1.2.3.5", "want a number"},
		{"huge", endpointCostDoc(Numerical, `{"ipv4:1.2.3.4":{"ipv4:1.2.3.5":1e39}}`), "/endpoint-cost-map/ipv4:1.2.3.4/ipv4:1.2.3.5", "out of range"},
		{"a broken rank", endpointCostDoc(Ordinal, `{"ipv4:1.2.3.4":{"ipv4:1.2.3.5":1.5}}`), "/endpoint-cost-map/ipv4:1.2.3.4/ipv4:1.2.3.5", "ordinal"},
		{"an address without type", endpointCostDoc(Numerical, `{"1.2.3.4":{}}`), "/endpoint-cost-map/1.2.3.4", "no address type"},
		{"a destination that is none", endpointCostDoc(Numerical, `{"ipv4:1.2.3.4":{"ipv4:x":1}}`), "/endpoint-cost-map/ipv4:1.2.3.4/ipv4:x", "not an address"},
		{"a source in two spellings", endpointCostDoc(Numerical, `{"ipv6:::1":{},"ipv6:0::1":{}}`), "/endpoint-cost-map/ipv6:0::1", "duplicate"},
		{"a destination in two spellings", endpointCostDoc(Numerical, `{"ipv6:::1":{"ipv6:::2":1,"ipv6:::0002":1}}`), "/endpoint-cost-map/ipv6:::1/ipv6:::0002", "duplicate"},
		{"an array for a row", endpointCostDoc(Numerical, `{"ipv6:::1":[]}`), "/endpoint-cost-map/ipv6:::1", "want an object"},
		{"more than the limit", endpointCostDoc(Numerical, `{"ipv4:1.2.3.4":{"ipv4:1.2.3.5":1,"ipv4:1.2.3.6":1,"ipv4:1.2.3.7":1}}`), "/endpoint-cost-map/ipv4:1.2.3.4/ipv4:1.2.3.7", "over the limit"},
	} {
		_, err := ParseEndpointCosts(strings.NewReader(tt.doc), Limits{Pairs: 2})
		var parse *ParseError
		if !errors.As(err, &parse) || parse.Path != tt.path || !strings.Contains(err.Error(), tt.text) {
			t.Errorf("%s: %v; want %s: %s", tt.name, err, tt.path, tt.text)
		}
	}
}

func TestEndpointDocumentsIgnoreWhatTheyDoNotKnow(t *testing.T) {
	c, err := ParseEndpointCosts(strings.NewReader(`{"new":1,"meta":{"new":[],"cost-type":{"cost-mode":"numerical","cost-metric":"routingcost","description":"x"}},
		"endpoint-cost-map":{"mac48:66":{"x":[]},"ipv4:1.2.3.4":{"mac48:66":"far","ipv4:1.2.3.5":4}}}`), Limits{})
	if err != nil || c.Len() != 1 {
		t.Errorf("%v, %d pairs; want 1", err, c.Len())
	}
	p, err := ParseEndpointProperties(strings.NewReader(`{"new":{},"meta":{"new":1},
		"endpoint-properties":{"mac48:66":[],"ipv4:1.2.3.4":{"priv:x":"y"}}}`), Limits{})
	if v, _ := p.Value(netip.MustParseAddr("::ffff:1.2.3.4"), "priv:x"); err != nil || v != "y" {
		t.Errorf("%v, %q", err, v)
	}
}

func TestEndpointPropertiesRefuse(t *testing.T) {
	doc := func(props string) string { return `{"endpoint-properties":` + props + `}` }
	for _, tt := range []struct{ name, doc, path, text string }{
		{"no map", `{"meta":{}}`, "/endpoint-properties", "missing"},
		{"a number for a value", doc(`{"ipv4:1.2.3.4":{"a.pid":5}}`), "/endpoint-properties/ipv4:1.2.3.4/a.pid", "want a string"},
		{"null for a value", doc(`{"ipv4:1.2.3.4":{"a.pid":null}}`), "/endpoint-properties/ipv4:1.2.3.4/a.pid", "want a string"},
		{"a property twice", doc(`{"ipv4:1.2.3.4":{"a.pid":"x","a.pid":"x"}}`), "/endpoint-properties/ipv4:1.2.3.4/a.pid", "duplicate"},
		{"an address in two spellings", doc(`{"ipv4:1.2.3.4":{},"ipv6:::ffff:1.2.3.4":{}}`), "/endpoint-properties/ipv6:::ffff:1.2.3.4", "duplicate"},
		{"a version tag without tag", `{"meta":{"dependent-vtags":[{"resource-id":"x"}]}}`, "/meta/dependent-vtags/0", "needs"},
	} {
		_, err := ParseEndpointProperties(strings.NewReader(tt.doc), Limits{})
		var parse *ParseError
		if !errors.As(err, &parse) || parse.Path != tt.path || !strings.Contains(err.Error(), tt.text) {
			t.Errorf("%s: %v; want %s: %s", tt.name, err, tt.path, tt.text)
		}
	}
}

func TestConstraintsAllow(t *testing.T) {
	for text, want := range map[string][3]bool{ // of 1, 2 and 3
		"gt 2": {false, false, true}, "lt 2": {true, false, false}, "ge 2": {false, true, true},
		"le  2e0": {true, true, false}, "eq 2": {false, true, false},
	} {
		c, err := ParseConstraint(text)
		if got := [3]bool{c.Allows(1), c.Allows(2), c.Allows(3)}; err != nil || got != want {
			t.Errorf("%s: %v, %v; want %v", text, got, err, want)
		}
		if again, err := ParseConstraint(c.String()); err != nil || again != c {
			t.Errorf("%s is sent as %s", text, c)
		}
	}
	for _, text := range []string{"", "gt", "gt 1 2", "gt x", "about 5", "[0] gt 5"} {
		if c, err := ParseConstraint(text); err == nil {
			t.Errorf("%q is %v", text, c)
		}
	}
}

func FuzzParseEndpointCosts(f *testing.F) {
	f.Add([]byte(readTestdata(f, "rfc7285/endpointcost.json")))
	f.Add([]byte(endpointCostDoc(Numerical, `{"ipv6:::1":{"ipv6:::2":-1e3},"mac48:1":{}}`)))
	f.Fuzz(func(t *testing.T, doc []byte) {
		c, err := ParseEndpointCosts(bytes.NewReader(doc), Limits{Bytes: 1 << 16})
		if err != nil {
			return
		}
		once := c.AppendJSON(nil)
		again, err := ParseEndpointCosts(bytes.NewReader(once), Limits{})
		if err != nil || !bytes.Equal(again.AppendJSON(nil), once) {
			t.Errorf("%s comes back as an error %v, or otherwise", once, err)
		}
	})
}

func FuzzParseEndpointProperties(f *testing.F) {
	f.Add([]byte(readTestdata(f, "rfc7285/endpointprop.json")))
	f.Add([]byte(`{"meta":{"dependent-vtags":[]},"endpoint-properties":{"ipv6:::1":{"":"\u0000"}}}`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		p, err := ParseEndpointProperties(bytes.NewReader(doc), Limits{Bytes: 1 << 16})
		if err != nil {
			return
		}
		once := p.AppendJSON(nil)
		again, err := ParseEndpointProperties(bytes.NewReader(once), Limits{})
		if err != nil || !bytes.Equal(again.AppendJSON(nil), once) {
			t.Errorf("%s comes back as an error %v, or otherwise", once, err)
		}
	})
}

func FuzzParseEndpoint(f *testing.F) {
	f.Add("ipv4:192.0.2.14")
	f.Add("ipv6:2001:db8::1:2:3:4")
	f.Fuzz(func(t *testing.T, text string) {
		addr, err := ParseEndpoint(text)
		if err != nil {
			return
		}
		written := string(AppendEndpoint(nil, addr))
		if again, err := ParseEndpoint(written); err != nil || again != addr || addr.Is4In6() || addr.Zone() != "" {
			t.Errorf("%q is %v, written %s, read %v, %v", text, addr, written, again, err)
		}
	})
}

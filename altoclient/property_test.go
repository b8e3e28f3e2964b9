package altoclient

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func parsePropertyMap(t testing.TB, doc string) *PropertyMap {
	t.Helper()
	m, err := ParsePropertyMap(strings.NewReader(doc), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestPropertyMapsOfRFC9240(t *testing.T) {
	for _, tt := range []struct{ name, entity, property, want string }{
		{"propmap-full", "ipv4:192.0.2.1", ".ISP", "BitsRus"},
		{"propmap-full", "ipv4:192.0.2.1", ".ASN", "65543"},
		{"propmap-full", "ipv4:192.0.3.0/28", ".ASN", "65544"},
		{"propmap-full", "ipv4:192.0.2.32", ".ASN", ""},
		{"propmap-full", "ipv6:2001:db8::1", ".ASN", ""},
		{"propmap-1", "ipv4:192.0.2.17", ".state", "CT"},
		{"propmap-2", "ipv4:192.0.2.1", ".state", "PA"},
		{"propmap-2", "ipv4:192.0.2.1", ".countrycode", "us"},
		{"propmap-2", "ipv4:192.0.2.2", ".state", "NJ"},
		{"propmap-3", "ipv4:192.0.3.16/28", "default-network-map.pid", "pid4"},
		{"propmap-4", "default-network-map.pid:pid2", ".region", "us-east"},
		{"propmap-4", "default-network-map.pid:pid3", ".region", ""},
		{"propmap-5", ".ane:dc21", "storage-capacity", "40000"},
	} {
		m := parsePropertyMap(t, readTestdata(t, "rfc9240/"+tt.name+".json"))
		got, ok := m.Text(tt.entity, tt.property)
		if got != tt.want || ok != (tt.want != "") {
			t.Errorf("%s: %s of %s is %q, %v, want %q", tt.name, tt.property, tt.entity, got, ok, tt.want)
		}
	}
	m := parsePropertyMap(t, readTestdata(t, "rfc9240/propmap-5.json"))
	if v, ok := m.JSON(".ane:dc21", "cpu"); !ok || string(v) != "500" {
		t.Errorf("cpu %s, %v", v, ok)
	}
	if got := fmt.Sprint(m.Properties(".ane")); got != "[cpu storage-capacity]" {
		t.Errorf("properties %s", got)
	}
}

// TestPropertiesAreInherited is table 2 of RFC 9240 section 6.1.3.
func TestPropertiesAreInherited(t *testing.T) {
	m := parsePropertyMap(t, `{"property-map":{
		"ipv4:192.0.2.0/26":{"P":"v1","Q":"q"},"ipv4:192.0.2.0/28":{"P":"v2"},
		"ipv4:192.0.2.0/30":{"P":"v3","Q":null},"ipv4:192.0.2.0":{"P":"v4"}}}`)
	for entity, want := range map[string]string{
		"192.0.2.0": "v4", "192.0.2.1": "v3", "192.0.2.16": "v1", "192.0.2.32": "v1", "192.0.2.64": "",
		"192.0.2.0/32": "v4", "192.0.2.0/31": "v3", "192.0.2.0/29": "v2", "192.0.2.0/27": "v1", "192.0.2.0/25": "",
	} {
		if got, ok := m.Text("ipv4:"+entity, "P"); got != want || ok != (want != "") {
			t.Errorf("P of %s is %q, %v, want %q", entity, got, ok, want)
		}
	}
	if got, ok := m.Text("ipv4:192.0.2.1", "Q"); ok {
		t.Errorf("Q is inherited as %q past null", got)
	}
	if got, _ := m.Text("ipv4:192.0.2.5", "Q"); got != "q" {
		t.Errorf("Q beside null is %q", got)
	}
}

func TestDirectoryOfRFC9240(t *testing.T) {
	dir := parseDirectory(t, "http://h/directory", readTestdata(t, "rfc9240/directory.json"))
	for _, tt := range []struct{ domain, property, want string }{
		{"ipv4", ".ISP", "ia-property-map"},
		{"ipv6", ".state", "iacs-property-map"},
		{"default-network-map.pid", ".region", "region-property-map"},
		{".ane", "cpu", "ane-dc-property-map"},
		{"ipv4", ".shoesize", ""},
	} {
		if r, ok := dir.PropertyMap(tt.domain, tt.property); r.ID != tt.want || ok != (tt.want != "") {
			t.Errorf("%s of %s is in %q, want %q", tt.property, tt.domain, r.ID, tt.want)
		}
	}
}

func TestEntitiesAreSplit(t *testing.T) {
	for entity, want := range map[string][2]string{
		"ipv4:192.0.2.0/24":       {"ipv4", "192.0.2.0/24"},
		"ipv6:2001:db8::1":        {"ipv6", "2001:db8::1"},
		"net1.ipv6:2001:db8::/48": {"net1.ipv6", "2001:db8::/48"},
		"map.pid:pid:1":           {"map.pid", "pid:1"},
		".ane:L1":                 {".ane", "L1"},
		"priv:example:x:y":        {"priv:example", "x:y"},
		"m.priv:example:x":        {"m.priv:example", "x"},
	} {
		domain, id, err := SplitEntity(entity)
		if err != nil || domain != want[0] || id != want[1] {
			t.Errorf("%s is %s, %s, %v", entity, domain, id, err)
		}
	}
	for _, entity := range []string{"", "x", ":x", "a.:x", "a b:x", "priv::x", "priv:", "priv:x", "ipv4:"} {
		if domain, id, err := SplitEntity(entity); err == nil {
			t.Errorf("%q passes as %q, %q", entity, domain, id)
		}
	}
}

func TestPropertyMapRefuses(t *testing.T) {
	for _, tt := range []struct{ name, doc, path, text string }{
		{"no map", `{"meta":{}}`, "/property-map", "missing"},
		{"an array", `{"property-map":[]}`, "/property-map", "want an object"},
		{"a value for properties", `{"property-map":{"ipv4:10.0.0.0":1}}`, "/property-map/ipv4:10.0.0.0", "want an object"},
		{"no domain", `{"property-map":{"x":{}}}`, "/property-map/x", "no domain"},
		{"no address", `{"property-map":{"ipv4:x":{}}}`, "/property-map/ipv4:x", "unable to parse"},
		{"the other family", `{"property-map":{"ipv4:::1":{}}}`, "/property-map/ipv4:::1", "other address family"},
		{"a prefix twice", `{"property-map":{"ipv4:10.0.0.1":{},"ipv4:10.0.0.1/32":{}}}`, "/property-map/ipv4:10.0.0.1~132", "duplicate"},
		{"an entity twice", `{"property-map":{".ane:x":{},".ane:x":{}}}`, "/property-map/.ane:x", "duplicate"},
		{"a property twice", `{"property-map":{".ane:x":{"a":1,"a":2}}}`, "/property-map/.ane:x/a", "duplicate"},
		{"no property name", `{"property-map":{".ane:x":{"":1}}}`, "/property-map/.ane:x/", "no name"},
		{"a bad property name", `{"property-map":{".ane:x":{"a b":1}}}`, "/property-map/.ane:x/a b", "only letters"},
		{"half a version tag", `{"meta":{"dependent-vtags":[{"tag":"1"}]},"property-map":{}}`, "/meta/dependent-vtags/0/tag", "resource-id"},
		{"half a document", `{"property-map":{".ane:x":{`, "/property-map/.ane:x", "EOF"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, err := ParsePropertyMap(strings.NewReader(tt.doc), Limits{})
			if m != nil {
				t.Error("a map comes with the error")
			}
			if tt.name == "half a version tag" {
				tt.path = ""
				var parse *ParseError
				if !errors.As(err, &parse) || !strings.HasPrefix(parse.Path, "/meta/dependent-vtags/0") {
					t.Errorf("error %v", err)
				}
				return
			}
			wantParseError(t, err, tt.path, tt.text)
		})
	}
}

func TestPropertyMapObeysLimits(t *testing.T) {
	doc := `{"property-map":{"ipv4:10.0.0.1":{"a":1,"b":2},".ane:x":{"a":1}}}`
	for name, limits := range map[string]Limits{"entities": {Prefixes: 1}, "values": {Pairs: 2}, "bytes": {Bytes: 20}} {
		if _, err := ParsePropertyMap(strings.NewReader(doc), limits); !errors.Is(err, ErrTooLarge) {
			t.Errorf("limit of %s: %v, want ErrTooLarge", name, err)
		}
	}
	if _, err := ParsePropertyMap(strings.NewReader(doc), Limits{Prefixes: 2, Pairs: 3}); err != nil {
		t.Errorf("just within the limits: %v", err)
	}
}

func TestSnapshotClassifiesPIDs(t *testing.T) {
	s := newSnapshot(t, `{"a":{"ipv4":["10.0.0.0/16"]},"b":{"ipv4":["10.1.0.0/16"]},"c":{"ipv4":["10.2.0.0/16"]},"world":{"ipv4":["0.0.0.0/0"]}}`, "", SnapshotConfig{})
	regions := parsePropertyMap(t, `{"meta":{"dependent-vtags":[{"resource-id":"map","tag":"1"}]},"property-map":{
		"map.pid:a":{".region":"north"},"map.pid:b":{".region":"south"},"other.pid:c":{".region":"east"}}}`)
	isps := parsePropertyMap(t, `{"property-map":{
		"ipv4:10.0.0.0/15":{".ISP":"one"},"ipv4:10.2.0.0/17":{".ISP":"two"},"ipv4:10.2.128.0/17":{".ISP":"three"},"ipv4:99.0.0.0/8":{".ISP":"far"}}}`)
	s, err := s.WithProperties(regions, isps)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ pid, property, want string }{
		{"a", ".region", "north"}, {"c", ".region", ""}, {"a", ".ISP", "one"}, {"b", ".ISP", "one"},
		{"c", ".ISP", ""}, // its addresses do not agree
		{"world", ".ISP", "far"}, {"a", ".none", ""},
	} {
		var pid uint32
		for n := range uint32(s.PIDs() + 1) {
			if s.Name(n) == tt.pid {
				pid = n
			}
		}
		if got := s.Property(pid, tt.property); got != tt.want {
			t.Errorf("%s of %s is %q, want %q", tt.property, tt.pid, got, tt.want)
		}
	}
	if got, want := classString(s.Classify(".ISP", ".region")), "[1 2 3 4]{=[3]{=[3]} far=[4]{=[4]} one=[1 2]{north=[1] south=[2]}}"; got != want {
		t.Errorf("tree %s, want %s", got, want)
	}
	if s.Property(99, ".ISP") != "" {
		t.Error("a PID out of range has a property")
	}
}

func classString(c *Class) string {
	text := fmt.Sprint(c.PIDs)
	if c.Property != "" {
		text = c.Value + "=" + text
	}
	if len(c.Children) == 0 {
		return text
	}
	var children []string
	for _, child := range c.Children {
		children = append(children, classString(child))
	}
	return text + "{" + strings.Join(children, " ") + "}"
}

func TestSnapshotRefusesPropertiesOfAnotherVersion(t *testing.T) {
	s := newSnapshot(t, lab4, "", SnapshotConfig{})
	m := parsePropertyMap(t, `{"meta":{"dependent-vtags":[{"resource-id":"map","tag":"2"}]},"property-map":{}}`)
	if _, err := s.WithProperties(m); !errors.Is(err, ErrSkew) {
		t.Errorf("error %v, want ErrSkew", err)
	}
}

func FuzzParsePropertyMap(f *testing.F) {
	for _, name := range []string{"propmap-full", "propmap-1", "propmap-3", "propmap-4", "propmap-5"} {
		f.Add([]byte(readTestdata(f, "rfc9240/"+name+".json")))
	}
	f.Add([]byte(`{"property-map":{"ipv6:::/0":{"a":null},"priv:x:y":{"b":[{}]}}}`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		m, err := ParsePropertyMap(strings.NewReader(string(doc)), Limits{Bytes: 1 << 16})
		if err != nil {
			return
		}
		for at, table := range m.prefixes {
			for prefix := range table.All() {
				if _, _, err := SplitEntity(at.domain + ":" + prefix.String()); err != nil {
					t.Fatal(err)
				}
				m.Text(at.domain+":"+prefix.String(), at.property)
			}
		}
		for entity, properties := range m.others {
			for property := range properties {
				v, ok := m.JSON(entity, property)
				if text, _ := m.Text(entity, property); ok && text == "" && string(v) != `""` {
					t.Fatalf("%s of %s is %s, and no text", property, entity, v)
				}
			}
		}
	})
}

func FuzzSplitEntity(f *testing.F) {
	f.Add("ipv4:192.0.2.0/24")
	f.Add("map.priv:x:y")
	f.Fuzz(func(t *testing.T, entity string) {
		domain, id, err := SplitEntity(entity)
		if err == nil && domain+":"+id != entity {
			t.Fatalf("%q and %q are not %q", domain, id, entity)
		}
	})
}

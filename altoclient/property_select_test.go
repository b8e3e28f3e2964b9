package altoclient

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
)

// around is the sixteen addresses that the random maps here are about, and some
// besides.
func around() []netip.Addr {
	var list []netip.Addr
	for last := range 24 {
		list = append(list, netip.AddrFrom4([4]byte{10, 0, 0, byte(last)}))
	}
	return list
}

func randomPrefix(r *rand.Rand) netip.Prefix {
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 0, 0, byte(r.IntN(16))}), 27+r.IntN(6)).Masked()
}

// TestPartsOfPropertyMapsSayWhatTheWholeSays asks random maps random questions
// (RFC 9240 section 8.6). The addresses that a question is about must have in the
// answer what they have in the map, however it is said.
func TestPartsOfPropertyMapsSayWhatTheWholeSays(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 3000 {
		members := make(map[string]string)
		for range 1 + r.IntN(8) {
			values := []string{}
			for _, property := range []string{".a", ".b"} {
				if v := r.IntN(4); v < 3 {
					values = append(values, fmt.Sprintf("%q:%s", property, []string{`"x"`, `"y"`, "null"}[v]))
				}
			}
			members["ipv4:"+entityText(randomPrefix(r))] = "{" + strings.Join(values, ",") + "}"
		}
		var list []string
		for entity, values := range members {
			list = append(list, fmt.Sprintf("%q:%s", entity, values))
		}
		slices.Sort(list)
		doc := `{"property-map":{` + strings.Join(list, ",") + `}}`
		m := parsePropertyMap(t, doc)
		var asked []netip.Prefix
		filter := PropertyFilter{Properties: [][]string{nil, {".a"}, {".b", ".a"}}[r.IntN(3)]}
		for range r.IntN(4) {
			asked = append(asked, randomPrefix(r))
			filter.Entities = append(filter.Entities, "ipv4:"+asked[len(asked)-1].String())
		}
		text := string(m.AppendFiltered(nil, filter))
		part := parsePropertyMap(t, text)
		wantSame(t, m, part, asked, filter)
		wantCompact(t, part, asked)
		if t.Failed() {
			t.Fatalf("%s\nasked for %v is\n%s", doc, filter, text)
		}
	}
}

func wantSame(t *testing.T, m, part *PropertyMap, asked []netip.Prefix, filter PropertyFilter) {
	t.Helper()
	properties := filter.Properties
	if properties == nil {
		properties = []string{".a", ".b"}
	}
	for _, addr := range around() {
		if len(asked) > 0 && !slices.ContainsFunc(asked, func(p netip.Prefix) bool { return p.Contains(addr) }) {
			continue
		}
		for _, property := range properties {
			want, ok := m.Address(addr, property)
			if got, has := part.Address(addr, property); got != want || has != ok {
				t.Errorf("%s of %v is %q, %t; want %q, %t", property, addr, got, has, want, ok)
			}
		}
	}
}

// wantCompact wants nothing that was not asked for, and nothing that longer
// prefixes leave nothing of.
func wantCompact(t *testing.T, part *PropertyMap, asked []netip.Prefix) {
	t.Helper()
	entities := make(map[netip.Prefix]bool)
	for _, column := range part.prefixes {
		for prefix := range column.All() {
			entities[prefix] = true
		}
	}
	for entity := range entities {
		within := func(p netip.Prefix) bool { return p.Bits() <= entity.Bits() && p.Contains(entity.Addr()) }
		if len(asked) > 0 && !slices.ContainsFunc(asked, within) {
			t.Errorf("%v was not asked for", entity)
		}
		needed := slices.ContainsFunc(around(), func(addr netip.Addr) bool {
			for other := range entities {
				if other.Bits() > entity.Bits() && other.Contains(addr) {
					return false
				}
			}
			return entity.Contains(addr)
		})
		if !needed {
			t.Errorf("%v is covered", entity)
		}
	}
}

func TestPropertyMapOfPIDs(t *testing.T) {
	one := parseNetworkMap(t, networkMapDoc(`{"a":{"ipv4":["10.0.0.0/8"],"ipv6":["2001:db8::/32"]},"b":{"ipv4":["10.1.0.0/16"]}}`))
	two := parseNetworkMap(t, strings.Replace(networkMapDoc(`{"x":{"ipv4":["10.1.0.0/24"]}}`), `"map"`, `"other"`, 1))
	m := PIDProperties(one, two)
	for _, tt := range []struct{ entity, property, want string }{
		{"ipv4:10.1.0.9", "map.pid", "b"}, {"ipv4:10.1.0.9", "other.pid", "x"}, {"ipv4:10.2.0.0/16", "map.pid", "a"},
		{"ipv6:2001:db8::1", "map.pid", "a"}, {"ipv4:10.2.0.0/16", "other.pid", ""}, {"ipv6:2001:db8::1", "other.pid", ""},
	} {
		if got, _ := m.Text(tt.entity, tt.property); got != tt.want {
			t.Errorf("%s of %s is %q, want %q", tt.property, tt.entity, got, tt.want)
		}
	}
	if got := fmt.Sprint(m.Mappings()); got != "map[ipv4:[map.pid other.pid] ipv6:[map.pid other.pid]]" || m.Len() != 4 {
		t.Errorf("%s, %d entities", got, m.Len())
	}
	want := `{"meta":{"dependent-vtags":[{"resource-id":"map","tag":"1"},{"resource-id":"other","tag":"1"}]},"property-map":{` +
		`"ipv4:10.0.0.0/8":{"map.pid":"a"},"ipv4:10.1.0.0/16":{"map.pid":"b"},"ipv4:10.1.0.0/24":{"other.pid":"x"},"ipv6:2001:db8::/32":{"map.pid":"a"}}}`
	if got := string(m.AppendFiltered(nil, PropertyFilter{})); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

func TestLongPrefixesLeaveARest(t *testing.T) {
	// Fifty-six prefixes within each other leave one part in 2^56.
	var list []string
	prefix := netip.MustParsePrefix("2001:db8::/32")
	addr := prefix.Addr().As16()
	for bits := 33; bits <= 88; bits++ {
		half := netip.PrefixFrom(netip.AddrFrom16(addr), bits).Masked()
		list = append(list, fmt.Sprintf(`"ipv6:%v":{"a":"x"}`, half))
		addr[(bits-1)/8] |= 0x80 >> ((bits - 1) % 8)
	}
	m := parsePropertyMap(t, `{"property-map":{"ipv6:2001:db8::/32":{"a":"rest"},`+strings.Join(list, ",")+`}}`)
	answer := parsePropertyMap(t, string(m.AppendFiltered(nil, PropertyFilter{Entities: []string{"ipv6:2001:db8::/32"}})))
	if got, _ := answer.Address(netip.AddrFrom16(addr), "a"); got != "rest" || answer.Len() != 57 {
		t.Errorf("the rest has %q of %d entities", got, answer.Len())
	}
}

func TestEntitiesAreChecked(t *testing.T) {
	for entity, want := range map[string]string{
		"ipv4:192.0.2.1": "ipv4", "net.ipv6:2001:db8::/32": "net.ipv6", "net.pid:a": "net.pid", ".ane:whatever / it is": ".ane",
	} {
		if domain, err := CheckEntity(entity); err != nil || domain != want {
			t.Errorf("%s: %s, %v", entity, domain, err)
		}
	}
	for _, entity := range []string{"ipv4:::1", "ipv6:10.0.0.1", "ipv4:10.0.0.0/33", "net.pid:a b", "a", "ipv4:"} {
		if _, err := CheckEntity(entity); err == nil {
			t.Errorf("%s passes", entity)
		}
	}
}

func TestPropertyFiltersAreSentAsRFC9240HasThem(t *testing.T) {
	for want, filter := range map[string]PropertyFilter{
		`{"entities":["ipv4:10.0.0.1"],"properties":[".a"]}`: {Entities: []string{"ipv4:10.0.0.1"}, Properties: []string{".a"}},
		`{"entities":[],"properties":[]}`:                    {},
		`{"entities":["x.pid:a"]}`:                           {Entities: []string{"x.pid:a"}, NoValues: true},
	} {
		if got := string(filter.AppendJSON(nil)); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

package asnmap

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"testing"
)

func names(m *Map) string {
	var names []string
	for pid := range m.PIDs() {
		names = append(names, m.Name(uint32(pid)+1))
	}
	return strings.Join(names, " ")
}

func TestReduceKeepsTheLargestAndTheLimit(t *testing.T) {
	m := mapOf(t, "asn,country\n1,DE\n2,DE\n3,DE\n4,FR\n5,\n",
		"10.0.0.0,10.0.0.255,1\n10.0.1.0,10.0.1.127,2\n10.0.2.0,10.0.2.63,3\n10.0.3.0,10.0.3.31,4\n10.0.4.0,10.0.4.15,5\n")
	for limit, want := range map[int]string{
		3: "cc-de cc-fr default",
		4: "cc-de as1 cc-fr default",
		5: "as1 as2 as3 as4 default",
		6: "as1 as2 as3 as4 as5 default",
		9: "as1 as2 as3 as4 as5 default",
	} {
		r, err := m.Reduce(Reduction{MaxPIDs: limit})
		if err != nil {
			t.Fatal(err)
		}
		if got := names(r); got != want {
			t.Errorf("at most %d: %s, want %s", limit, got, want)
		}
	}
}

func TestReducePutsAddressesWhereTheyBelong(t *testing.T) {
	m := sample(t)
	for name, r := range map[string]Reduction{
		"everything":    {MaxPIDs: 5000},
		"merged":        {MaxPIDs: 80},
		"one country":   {MaxPIDs: 500, Only: []string{"DE"}},
		"AS and merged": {MaxPIDs: 12, Only: []string{"AS3320", "cz"}},
	} {
		reduced, err := m.Reduce(r)
		if err != nil {
			t.Fatal(err)
		}
		if reduced.PIDs() > r.MaxPIDs {
			t.Errorf("%s: %d PIDs, at most %d", name, reduced.PIDs(), r.MaxPIDs)
		}
		kept := strings.Fields(names(reduced))
		edges(m, func(addr netip.Addr) {
			p := m.places[m.PID(addr)-1]
			want := "default"
			if keeps(r.Only, p) && slices.Contains(kept, p.name()) {
				want = p.name()
			} else if keeps(r.Only, p) {
				want = place{country: p.country}.name() // "default" if there is none
			}
			if got := reduced.Name(reduced.PID(addr)); got != want {
				t.Errorf("%s: %v of %s is in %s, want %s", name, addr, p.name(), got, want)
			}
		})
	}
}

func keeps(only []string, p place) bool {
	return len(only) == 0 || slices.ContainsFunc(only, func(name string) bool {
		return strings.EqualFold(name, place{asn: p.asn}.name()) || strings.EqualFold(name, p.country.String())
	})
}

func TestReduceJoinsASesOfNoCountry(t *testing.T) {
	m := mapOf(t, "asn,country\n4,FR\n",
		"10.0.0.0,10.0.0.255,1\n10.0.1.0,10.0.1.127,2\n10.0.2.0,10.0.2.63,3\n10.0.3.0,10.0.3.31,4\n10.0.4.0,10.0.4.15,5\n")
	var asked []uint32
	r, err := m.Reduce(Reduction{MaxPIDs: 4, Join: func(kept []uint32) map[uint32]uint32 {
		asked = kept
		return map[uint32]uint32{3: 2, 4: 1, 9: 1}
	}})
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(asked) != "[1 2]" {
		t.Errorf("kept %v, want 1 and 2, the larger first", asked)
	}
	wantNames(t, r, map[string]string{"10.0.0.0": "as1", "10.0.1.0": "as2", "10.0.2.0": "as2", "10.0.3.0": "cc-fr", "10.0.4.0": "default"})
}

func TestReduceRefuses(t *testing.T) {
	m := sample(t)
	for name, c := range map[string]struct {
		r    Reduction
		want string
	}{
		"too few PIDs":    {Reduction{MaxPIDs: 3}, "3 PIDs cannot hold"},
		"unknown AS":      {Reduction{MaxPIDs: 500, Only: []string{"AS1"}}, `"AS1"`},
		"unknown country": {Reduction{MaxPIDs: 500, Only: []string{"QQ"}}, `"QQ"`},
		"neither":         {Reduction{MaxPIDs: 500, Only: []string{"x1"}}, `"x1" is neither`},
	} {
		if _, err := m.Reduce(c.r); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want ...%s...", name, err, c.want)
		}
	}
}

func TestBuilderAddsUpTablesAndRoutes(t *testing.T) {
	embedded, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	var b Builder
	b.Route(netip.MustParsePrefix("192.0.2.0/24"), 3320)
	b.Route(netip.MustParsePrefix("192.0.2.128/25"), 1103)
	b.Route(netip.MustParsePrefix("2001:db8::/32"), 64500)
	b.Countries(embedded)
	m, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	wantNames(t, m, map[string]string{"192.0.2.1": "as3320", "192.0.2.129": "as1103", "2001:db8::1": "as64500", "192.0.3.0": "default"})
	countries := map[uint32]string{}
	for pid := uint32(0); pid <= uint32(m.PIDs())+1; pid++ {
		countries[m.AS(pid)] = m.Country(pid)
	}
	if want := map[uint32]string{0: "", 3320: "DE", 1103: "NL", 64500: ""}; !maps.Equal(countries, want) {
		t.Errorf("countries %v, want %v", countries, want)
	}
	if got := m.Largest(func(asn uint32) bool { return asn != 1103 }); !maps.Equal(got, map[string]uint32{"DE": 3320, "": 64500}) {
		t.Errorf("largest %v", got)
	}
	if _, err := new(Builder).Build(); err == nil {
		t.Error("a map of nothing")
	}
}

package asnmap

import (
	"strings"
	"testing"
)

func TestTheAtlasHasEveryCountry(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(continentsCSV), "\n")
	a := continents()
	if len(a) != 250 || len(a) != len(lines)-1 { // 249 of ISO 3166-1, and XK
		t.Errorf("%d countries in %d lines", len(a), len(lines))
	}
	m, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range m.places {
		if p.country != 0 && a[p.country] == 0 {
			t.Errorf("country %v of AS %d is on no continent", p.country, p.asn)
		}
	}
	for code, want := range map[string]string{"DE": "EU", "JP": "AS", "US": "NA", "BR": "SA", "EG": "AF", "NZ": "OC", "AQ": "AN", "MX": "NA", "RU": "EU", "TR": "AS", "TW": "AS"} {
		c, err := parseCountry(code)
		if err != nil {
			t.Fatal(err)
		}
		if got := country(a[c]).String(); got != want {
			t.Errorf("%s is in %s, want %s", code, got, want)
		}
	}
}

func TestCountriesAndASNumbersAreReadStrictly(t *testing.T) {
	for s, want := range map[string]string{"DE": "DE", "de": "DE", "": "", "-": "", "ZZ": "", "zz": ""} {
		c, err := parseCountry(s)
		if err != nil || c != 0 != (want != "") || c != 0 && c.String() != want {
			t.Errorf("country %q is %v, %v", s, c, err)
		}
	}
	for _, s := range []string{"D", "DEU", "D1", "ü", " DE"} {
		if c, err := parseCountry(s); err == nil {
			t.Errorf("country %q is %v", s, c)
		}
	}
	for s, want := range map[string]uint32{"": 0, "-": 0, "0": 0, "3320": 3320, "AS3320": 3320, "as3320": 3320, "4294967295": 4294967295} {
		if n, err := parseASN(s); err != nil || n != want {
			t.Errorf("AS %q is %d, %v", s, n, err)
		}
	}
	for _, s := range []string{"AS", "ASx", "-1", "+1", "4294967296", "1.10", "0x10", " 1"} {
		if n, err := parseASN(s); err == nil {
			t.Errorf("AS %q is %d", s, n)
		}
	}
}

package asnmap

import (
	"bytes"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// mmdbOf makes a database of the spans that rows are of; fields makes a record
// of a value.
func mmdbOf(rows [2]*table, fields func(value uint32) map[string]any) []byte {
	var w mmdbWriter
	for f, t := range rows {
		for s := range t.spans() {
			if s.value != 0 {
				family(f).prefixes(s.first, s.last, func(p netip.Prefix) bool {
					w.add(p, fields(s.value))
					return true
				})
			}
		}
	}
	return w.bytes()
}

func TestDatabasesAndTextMakeTheSameMap(t *testing.T) {
	var text tables
	for _, name := range []string{"asn-ipv4.csv", "asn-ipv6.csv", "country-ipv4.csv"} {
		if err := text.readNamed(filepath.Join("testdata", name)); err != nil {
			t.Fatal(err)
		}
	}
	want, err := text.build()
	if err != nil {
		t.Fatal(err)
	}
	asns := [2]*table{flatten(ipv4, text.asns[ipv4]), flatten(ipv6, text.asns[ipv6])}
	countries := [2]*table{flatten(ipv4, text.countries[ipv4]), flatten(ipv6, text.countries[ipv6])}

	dialects := map[string]struct{ asn, country func(uint32) map[string]any }{
		"GeoLite2": {
			func(asn uint32) map[string]any {
				return map[string]any{"autonomous_system_number": asn, "autonomous_system_organization": "x"}
			},
			func(c uint32) map[string]any {
				return map[string]any{
					"country":            map[string]any{"iso_code": country(c).String()},
					"registered_country": map[string]any{"iso_code": "AQ"},
				}
			},
		},
		"registered only": {
			func(asn uint32) map[string]any { return map[string]any{"autonomous_system_number": asn} },
			func(c uint32) map[string]any {
				return map[string]any{"registered_country": map[string]any{"iso_code": country(c).String()}}
			},
		},
		"codes": {
			func(asn uint32) map[string]any { return map[string]any{"asn": strings.ToUpper(place{asn: asn}.name())} },
			func(c uint32) map[string]any {
				return map[string]any{"country_code": country(c).String(), "country": "Some Name"}
			},
		},
		"country as a code": {
			func(asn uint32) map[string]any { return map[string]any{"asn": asn} },
			func(c uint32) map[string]any { return map[string]any{"country": country(c).String()} },
		},
	}
	for name, d := range dialects {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			asnFile, countryFile := filepath.Join(dir, "asn.mmdb"), filepath.Join(dir, "country")
			writeFile(t, asnFile, mmdbOf(asns, d.asn))
			writeFile(t, countryFile, packed(t, mmdbOf(countries, d.country)))
			got, err := Read(asnFile, "mmdb:"+countryFile)
			if err != nil {
				t.Fatal(err)
			}
			wantEqual(t, got, want)
		})
	}
}

func TestOneDatabaseMayHoldBothKinds(t *testing.T) {
	var w mmdbWriter
	w.add(netip.MustParsePrefix("192.0.2.0/25"), map[string]any{"asn": "AS64500", "country_code": "DE"})
	w.add(netip.MustParsePrefix("192.0.2.128/25"), map[string]any{"country_code": "FR"})
	w.add(netip.MustParsePrefix("2001:db8::/32"), map[string]any{"asn": "AS64501", "country_code": "FR"})
	w.add(netip.MustParsePrefix("2001:db9::/32"), map[string]any{"city": "nowhere"})
	var tb tables
	if err := tb.readMMDB("both.mmdb", w.bytes()); err != nil {
		t.Fatal(err)
	}
	m, err := tb.build()
	if err != nil {
		t.Fatal(err)
	}
	wantNames(t, m, map[string]string{
		"192.0.2.1": "as64500", "192.0.2.128": "cc-fr", "192.0.3.0": "default",
		"2001:db8::1": "as64501", "2001:db9::1": "default", "::c000:201": "default",
	})
	if got := costBetween(m, m.PID(netip.MustParseAddr("192.0.2.128")), m.PID(netip.MustParseAddr("2001:db8::1"))); got != costCountry {
		t.Errorf("cost inside France = %v, want %v", got, costCountry)
	}
}

func TestUselessDatabasesAreRefused(t *testing.T) {
	one := func(fields map[string]any) []byte {
		var w mmdbWriter
		w.add(netip.MustParsePrefix("192.0.2.0/24"), fields)
		return w.bytes()
	}
	good := one(map[string]any{"asn": uint32(64500)})
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"neither kind":   {one(map[string]any{"city": "x"}), `db.mmdb: no AS number and no country in this database of type "Test"`},
		"AS not number":  {one(map[string]any{"asn": "ASX"}), `db.mmdb: 192.0.2.0/24: AS number "ASX"`},
		"country name":   {one(map[string]any{"country": "Germany"}), `db.mmdb: 192.0.2.0/24: country "Germany"`},
		"no metadata":    {good[:len(good)/2], "db.mmdb: "},
		"tree cut short": {good[200:], "db.mmdb: "},
		"text":           {[]byte("192.0.2.0,192.0.2.255,64500\n"), "db.mmdb: "},
	} {
		t.Run(name, func(t *testing.T) {
			err := new(tables).readMMDB("db.mmdb", c.data)
			if err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("error %v, want %s...", err, c.want)
			}
		})
	}
}

func FuzzReadMMDB(f *testing.F) {
	var w mmdbWriter
	w.add(netip.MustParsePrefix("192.0.2.0/28"), map[string]any{"asn": "AS64500", "country_code": "DE"})
	w.add(netip.MustParsePrefix("2001:db8::/32"), map[string]any{"autonomous_system_number": uint32(64501)})
	f.Add(w.bytes())
	f.Add(bytes.Replace(w.bytes(), []byte("DE"), []byte("??"), 1))
	f.Fuzz(func(t *testing.T, data []byte) {
		var tb tables
		if tb.readMMDB("fuzz", data) == nil {
			checkBuild(t, &tb)
		}
	})
}

func writeFile(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

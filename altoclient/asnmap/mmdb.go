package asnmap

import (
	"bytes"
	"fmt"
	"net/netip"

	"github.com/oschwald/maxminddb-golang/v2"
)

// mmdbMark stands before the metadata at the end of a MaxMind database.
var mmdbMark = []byte("\xab\xcd\xefMaxMind.com")

// isMMDB tells whether data is a MaxMind database; the format has the mark in
// the last 128 KiB.
func isMMDB(data []byte) bool {
	return bytes.Contains(data[max(0, len(data)-128<<10):], mmdbMark)
}

// maxNetworks bounds a database. The largest on the market have some millions
// of networks; a damaged tree, whose parts hang together in wrong ways, can seem
// to have more than any machine can count.
const maxNetworks = 16 << 20

// readMMDB takes in a database in MaxMind's format, of ASes, of countries or of
// both. It understands the fields of GeoLite2 and GeoIP2
// (autonomous_system_number; country.iso_code, or else
// registered_country.iso_code) and those of others (asn, country_code, or
// country as a code). Errors name the place as name: prefix.
func (t *tables) readMMDB(name string, data []byte) error {
	db, err := maxminddb.OpenBytes(data)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	known := make(map[uintptr]place) // networks share records
	found, n := false, 0
	for network := range db.Networks() {
		if err := network.Err(); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if n++; n > maxNetworks {
			return fmt.Errorf("%s: more than %d networks", name, maxNetworks)
		}
		p, ok := known[network.Offset()]
		if !ok {
			if p, err = decodePlace(network); err != nil {
				return fmt.Errorf("%s: %s: %w", name, network.Prefix(), err)
			}
			known[network.Offset()] = p
		}
		found = found || p != place{}
		t.addPrefix(network.Prefix(), p)
	}
	if !found {
		return fmt.Errorf("%s: no AS number and no country in this database of type %q", name, db.Metadata.DatabaseType)
	}
	return nil
}

// addPrefix takes in the AS and the country of a prefix.
func (t *tables) addPrefix(prefix netip.Prefix, p place) {
	f, first := numberOf(prefix.Masked().Addr())
	last := first.or(ones(f.bits() - prefix.Bits()))
	t.addASN(f, first, last, p.asn)
	t.addCountry(f, first, last, p.country)
}

// decodePlace reads what a record says of the AS and the country.
func decodePlace(network maxminddb.Result) (place, error) {
	var record map[string]any
	if err := network.Decode(&record); err != nil {
		return place{}, err
	}
	asn, err := parseASN(textOf(record, "autonomous_system_number", "asn"))
	if err != nil {
		return place{}, err
	}
	code, err := parseCountry(countryOf(record))
	return place{asn, code}, err
}

// countryOf returns the code of the country, or nothing.
func countryOf(record map[string]any) string {
	for _, key := range []string{"country", "registered_country"} {
		if fields, ok := record[key].(map[string]any); ok {
			if code := textOf(fields, "iso_code"); code != "" {
				return code
			}
		}
	}
	if code := textOf(record, "country_code"); code != "" {
		return code
	}
	code, _ := record["country"].(string)
	return code
}

// textOf returns the first field there is, a string or a number, as text.
func textOf(record map[string]any, keys ...string) string {
	for _, key := range keys {
		if value, ok := record[key]; ok {
			return fmt.Sprint(value)
		}
	}
	return ""
}

package asnmap

import (
	"cmp"
	_ "embed"
	"fmt"
	"strconv"
	"strings"
)

// A country is an ISO 3166-1 code of two letters, the first in the high byte; 0
// means unknown.
type country uint16

// parseCountry reads two ASCII letters of either case. Nothing, "-" and "ZZ", as
// the registries' files say it, are the unknown country.
func parseCountry(s string) (country, error) {
	code := strings.ToUpper(s)
	if code == "" || code == "-" || code == "ZZ" {
		return 0, nil
	}
	if len(code) != 2 || !isLetter(code[0]) || !isLetter(code[1]) {
		return 0, fmt.Errorf("country %q: want two letters (ISO 3166-1)", s)
	}
	return country(code[0])<<8 | country(code[1]), nil
}

func isLetter(b byte) bool { return 'A' <= b && b <= 'Z' }

func (c country) String() string { return string([]byte{byte(c >> 8), byte(c)}) }

// parseASN reads an AS number, with or without "AS" before it. 0 means that
// there is none (RFC 7607), and so do nothing and "-".
func parseASN(s string) (uint32, error) {
	if s == "" || s == "-" {
		return 0, nil
	}
	digits := s
	if len(s) > 2 && strings.EqualFold(s[:2], "AS") {
		digits = s[2:]
	}
	n, err := strconv.ParseUint(digits, 10, 32)
	if err != nil {
		return 0, fmt.Errorf("AS number %q: want 0 to 4294967295", s)
	}
	return uint32(n), nil
}

// A place is what a PID stands for: an AS and the country it is counted to, or
// a country alone (AS 0), or nothing known, the default PID's place.
type place struct {
	asn     uint32
	country country
}

// name is the PID's name; it obeys RFC 7285 section 10.1.
func (p place) name() string {
	switch {
	case p.asn != 0:
		return "as" + strconv.FormatUint(uint64(p.asn), 10)
	case p.country != 0:
		return "cc-" + strings.ToLower(p.country.String())
	default:
		return "default"
	}
}

// An atlas tells the continent of a country, as two letters like the country's.
type atlas map[country]uint16

//go:embed data/continents.csv
var continentsCSV string

// continents reads the atlas of the binary.
func continents() atlas {
	a := make(atlas, 256)
	for line := range strings.Lines(continentsCSV) {
		code, continent, _ := strings.Cut(strings.TrimSpace(line), ",")
		if len(code) == 2 && len(continent) == 2 {
			a[country(code[0])<<8|country(code[1])] = uint16(continent[0])<<8 | uint16(continent[1])
		}
	}
	return a
}

// name is the continent of c as two letters; nothing if it is on none.
func (a atlas) name(c country) string {
	if a[c] == 0 {
		return ""
	}
	return country(a[c]).String()
}

// compare orders places as PIDs are numbered: by continent, country and AS. The
// countries on no known continent come after the others, then the ASes of no
// known country, and the default last.
func (a atlas) compare(p, q place) int {
	if p.country == q.country && p != (place{}) && q != (place{}) {
		return cmp.Compare(p.asn, q.asn)
	}
	return cmp.Or(
		cmp.Compare(a.region(p), a.region(q)),
		cmp.Compare(p.country, q.country),
		cmp.Compare(p.asn, q.asn),
	)
}

// region is the first key of the order; the continents are below 1<<16.
func (a atlas) region(p place) int {
	switch {
	case p == place{}:
		return 3 << 16
	case p.country == 0:
		return 2 << 16
	case a[p.country] == 0:
		return 1 << 16
	default:
		return int(a[p.country])
	}
}

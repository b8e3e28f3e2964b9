package discovery

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Record is a NAPTR record (RFC 3403 section 4), its strings as they are on the
// wire.
type Record struct {
	Order, Preference uint16
	Flags             string
	Service           string
	Regexp            string
	Replacement       string // fully qualified; "." if there is none
}

// Application protocols of the service "ALTO" (RFC 7286).
const (
	protocolHTTPS = "https"
	protocolHTTP  = "http"
)

// serves tells whether the service field (RFC 3958 section 6.5) names ALTO over
// protocol: "ALTO:https", or a list such as "ALTO:http:https".
func (r Record) serves(protocol string) bool {
	fields := strings.Split(r.Service, ":")
	return strings.EqualFold(fields[0], "ALTO") &&
		slices.ContainsFunc(fields[1:], func(f string) bool { return strings.EqualFold(f, protocol) })
}

// terminal tells whether the record makes a URI.
func (r Record) terminal() bool { return strings.EqualFold(r.Flags, "u") }

// usable tells whether the record is of this application: U-NAPTR has terminal
// records with a regexp, and records without flags that lead to another name (RFC
// 4848). A record with another flag is as if it were not there (RFC
// 3403 section 4.1); so is one that has both fields or the wrong one.
func (r Record) usable(protocol string) bool {
	named := r.Replacement != "" && r.Replacement != "."
	switch {
	case !r.serves(protocol):
		return false
	case r.terminal():
		return r.Regexp != "" && !named
	case r.Flags == "":
		return r.Regexp == "" && named
	}
	return false
}

// rules returns the usable ones of records, in the order in which they are to be
// tried: by order, then by preference, then as they came.
func rules(records []Record, protocol string) []Record {
	var list []Record
	for _, r := range records {
		if r.usable(protocol) {
			list = append(list, r)
		}
	}
	slices.SortStableFunc(list, func(a, b Record) int {
		return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.Preference, b.Preference))
	})
	return list
}

// uri makes the URI of a terminal record for the name that the search began at.
func (r Record) uri(name, protocol string) (string, error) {
	s, err := parseSubstitution(r.Regexp)
	if err != nil {
		return "", err
	}
	text, err := s.apply(strings.TrimSuffix(name, "."))
	if err != nil {
		return "", err
	}
	u, err := parseURI(text)
	if err != nil {
		return "", err
	}
	if u.Scheme != protocol {
		return "", fmt.Errorf("%.100q: want a URI of %s", text, protocol)
	}
	return u.String(), nil
}

// parseURI reads the URI of an information resource directory. Whoever writes
// the record has no business with credentials.
func parseURI(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%.100q is no URI", text)
	case u.Hostname() == "" || u.Opaque != "":
		return nil, fmt.Errorf("%.100q: want a URI with a host", text)
	case u.User != nil:
		return nil, errors.New("the URI holds credentials")
	case !hostCharacters(u.Hostname()):
		return nil, fmt.Errorf("%.100q: want a host name of letters, digits, hyphens and dots", text)
	}
	u.Fragment, u.RawFragment = "", ""
	u.Host = strings.ToLower(u.Host)
	return u, nil
}

// hostCharacters tells whether host is made of what host names and addresses are
// made of, so that it may be shown and logged.
func hostCharacters(host string) bool {
	return len(host) <= 253 && !strings.ContainsFunc(host, func(c rune) bool {
		return !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.' || c == ':' || c == '_')
	})
}

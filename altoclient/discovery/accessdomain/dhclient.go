package accessdomain

import (
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// parseDhclient reads a lease database of ISC's dhclient, of IPv4 or IPv6: a log of
// declarations, of which the last one of an interface counts while it has not
// expired (dhclient.leases(5)).
func parseDhclient(f file) ([]Name, error) {
	p := leaseParser{scanner: leaseScanner{text: string(f.text)}}
	last := map[string]*clientLease{}
	var order []string
	for p.next() {
		statement := p.statement
		lease := &clientLease{}
		if err := p.block(lease, 0); err != nil {
			return nil, err
		}
		if len(statement) == 0 || statement[0].text != "lease" && statement[0].text != "lease6" {
			continue
		}
		key := statement[0].text + " " + lease.device
		if last[key] == nil {
			order = append(order, key)
		}
		last[key] = lease
	}
	var names []Name
	for _, key := range order {
		if l := last[key]; l.expires.IsZero() || f.now.Before(l.expires) {
			names = append(names, l.names...)
		}
	}
	return names, p.scanner.err
}

// clientLease is one declaration.
type clientLease struct {
	device  string
	names   []Name
	expires time.Time // zero: never
}

// leaseParser reads the statements of the database one after the other: words and
// strings, up to a semicolon or the block that belongs to them.
type leaseParser struct {
	scanner   leaseScanner
	statement []token
	opens     bool // a block follows the statement
	closes    bool // the block that it would be in has ended
}

// next reads the next statement, and tells whether there is one.
func (p *leaseParser) next() bool {
	p.statement, p.opens, p.closes = nil, false, false
	for {
		t, ok := p.scanner.next()
		switch {
		case !ok:
			return len(p.statement) > 0
		case t.quoted:
		case t.text == ";":
			return true
		case t.text == "{":
			p.opens = true
			return true
		case t.text == "}":
			p.closes = true
			return true
		}
		p.statement = append(p.statement, t)
	}
}

// maxNesting is deeper than dhclient nests: a lease, an association, an address.
const maxNesting = 8

// block reads the block of the current statement, if it has one, into l.
func (p *leaseParser) block(l *clientLease, depth int) error {
	if !p.opens {
		return nil
	}
	if depth == maxNesting {
		return errors.New("blocks are nested too deeply")
	}
	var life lifetime
	for p.next() {
		if p.closes {
			l.extend(life.end())
			return nil
		}
		if err := l.take(p.statement, &life); err != nil {
			return err
		}
		if err := p.block(l, depth+1); err != nil {
			return err
		}
	}
	return cmp.Or(p.scanner.err, errors.New("a block has no end"))
}

// lifetime is what the block of an IPv6 address says of it, in seconds.
type lifetime struct{ starts, most int64 }

func (t lifetime) end() time.Time {
	if t.starts == 0 || t.most == 0 || t.most >= 1<<32-1 { // unknown, or for ever
		return time.Time{}
	}
	return time.Unix(t.starts+t.most, 0)
}

// extend makes the lease last until end: it is as good as its last address.
func (l *clientLease) extend(end time.Time) {
	if end.After(l.expires) {
		l.expires = end
	}
}

// take takes what one statement says.
func (l *clientLease) take(statement []token, life *lifetime) (err error) {
	if len(statement) < 2 {
		return nil
	}
	value := statement[1:]
	switch statement[0].text {
	case "interface":
		l.device = value[0].text
	case "expire":
		l.expires, err = parseExpiry(value)
	case "starts":
		life.starts, err = strconv.ParseInt(value[0].text, 10, 64)
	case "max-life":
		life.most, err = strconv.ParseInt(value[0].text, 10, 64)
	case "option":
		err = l.option(value[0].text, value[1:])
	}
	if err != nil {
		return fmt.Errorf("%s: %w", statement[0].text, err)
	}
	return nil
}

func (l *clientLease) option(name string, values []token) error {
	kind := Access
	switch name {
	case "v4-access-domain", "unknown-213", "dhcp6.v6-access-domain", "dhcp6.unknown-57":
	case "domain-name":
		kind = Domain
	case "domain-search", "dhcp6.domain-search":
		kind = Search
	default:
		return nil
	}
	for _, v := range values {
		text := v.text
		if !v.quoted && strings.Contains(name, "unknown-") { // 3:69:73:70:...
			raw, err := hex.DecodeString(padded(text))
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			if text, err = parseLabels(raw); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		l.names = appendNames(l.names, kind, strings.Fields(text)...)
	}
	return nil
}

// padded makes two digits of each byte of a:b:c.
func padded(text string) string {
	var b strings.Builder
	for digits := range strings.SplitSeq(text, ":") {
		if len(digits) == 1 {
			b.WriteByte('0')
		}
		b.WriteString(digits)
	}
	return b.String()
}

// parseExpiry reads "never", "epoch SECONDS", or a day of the week with a date and
// a time of UTC.
func parseExpiry(value []token) (time.Time, error) {
	switch {
	case value[0].text == "never":
		return time.Time{}, nil
	case value[0].text == "epoch" && len(value) == 2:
		n, err := strconv.ParseInt(value[1].text, 10, 64)
		return time.Unix(n, 0), err
	case len(value) == 3:
		return time.Parse("2006/1/2 15:04:05", value[1].text+" "+value[2].text)
	}
	return time.Time{}, fmt.Errorf("%q is no time", value[0].text)
}

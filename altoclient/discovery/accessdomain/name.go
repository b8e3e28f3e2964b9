package accessdomain

import (
	"cmp"
	"slices"
	"strings"
)

// Kind tells how sure it is that a name is the one of the access network.
type Kind uint8

// The kinds of names, the best first.
const (
	Access Kind = iota // access network domain name, DHCP option 213 or 57 (RFC 5986)
	Domain             // domain name, DHCP option 15 (RFC 2132 section 3.17)
	Search             // what the host looks names up under, whoever has said so
)

func (k Kind) String() string {
	switch k {
	case Access:
		return "access network domain name"
	case Domain:
		return "domain name"
	}
	return "search domain"
}

// Name is a domain name that may be that of an access network.
type Name struct {
	Domain string // in lower case, without a dot at its end
	Kind   Kind
	From   string // the file or the interface that it comes from
}

// maxNames bounds what is made of files and messages. Each name is looked up.
const maxNames = 8

// choose returns the names in the order in which they are to be looked up, each
// domain once.
func choose(names []Name) []Name {
	slices.SortStableFunc(names, func(a, b Name) int { return cmp.Compare(a.Kind, b.Kind) })
	var list []Name
	for _, n := range names {
		if len(list) < maxNames && !slices.ContainsFunc(list, func(have Name) bool { return have.Domain == n.Domain }) {
			list = append(list, n)
		}
	}
	return list
}

// appendNames appends those of domains that may lead somewhere.
func appendNames(list []Name, kind Kind, domains ...string) []Name {
	for _, d := range domains {
		if d, ok := usable(d); ok {
			list = append(list, Name{Domain: d, Kind: kind})
		}
	}
	return list
}

// usable tells whether something may be found in the DNS at a name that a network
// has handed out, and returns the name in its usual form. Names that are nobody's,
// and names of one label, are what home routers call themselves.
func usable(name string) (string, bool) {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	labels := strings.Split(name, ".")
	if len(name) > 253 || len(labels) < 2 {
		return "", false
	}
	for _, l := range labels {
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' || strings.ContainsFunc(l, notInHostNames) {
			return "", false
		}
	}
	return name, !reserved(name)
}

func notInHostNames(c rune) bool {
	return !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_')
}

// reserved tells whether a name is of those that the public DNS will never hold
// (RFC 6761, RFC 6762, RFC 7686, RFC 8375, RFC 9476; internal: ICANN, 2024).
func reserved(name string) bool {
	for _, top := range []string{"alt", "home.arpa", "internal", "invalid", "local", "localhost", "onion"} {
		if name == top || strings.HasSuffix(name, "."+top) {
			return true
		}
	}
	return false
}

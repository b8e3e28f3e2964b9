package config

import (
	"net/netip"
	"strings"
)

// discovery reads the section of that name.
func (d *document) discovery(into *Discovery) take {
	return d.within(map[string]take{
		"enabled":            d.boolean(&into.Enabled),
		"resolvers":          appended(d, &into.Resolvers, "want the address of a resolver, with or without a port, such as 192.0.2.53", resolver),
		"domain":             parsed(d, &into.Domain, "want a domain name such as example.net", domain),
		"max_servers":        d.integer(&into.MaxServers, 1, 1000),
		"lookups_per_second": d.integer(&into.LookupsPerSecond, 1, 10_000),
		"allow_private":      d.boolean(&into.AllowPrivate),
		"allow_http":         d.boolean(&into.AllowHTTP),
	})
}

// resolver adds the port of the DNS where there is none.
func resolver(s string) (string, error) {
	if addr, err := netip.ParseAddr(s); err == nil {
		return netip.AddrPortFrom(addr, 53).String(), nil
	}
	at, err := netip.ParseAddrPort(s)
	if err == nil && at.Port() == 0 {
		err = errRange
	}
	return s, err
}

// domain takes host names of two labels or more (RFC 1123 section 2.1).
func domain(s string) (string, error) {
	labels := strings.Split(strings.TrimSuffix(s, "."), ".")
	if len(s) > 253 || len(labels) < 2 {
		return s, errRange
	}
	for _, l := range labels {
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' || strings.ContainsFunc(l, notInHostNames) {
			return s, errRange
		}
	}
	return s, nil
}

func notInHostNames(c rune) bool {
	return !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-')
}

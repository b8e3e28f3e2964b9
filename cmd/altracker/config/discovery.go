package config

import (
	"net/netip"
	"strings"
	"time"
)

// discovery reads the section of that name.
func (d *document) discovery(into *Discovery) take {
	return d.within(map[string]take{
		"enabled":            d.boolean(&into.Enabled),
		"resolvers":          appended(d, &into.Resolvers, "want the address of a resolver, with or without a port, such as 192.0.2.53", resolver),
		"domain":             d.domain(into),
		"dhcp":               appended(d, &into.DHCP, "want the name of a network interface such as eth0", device),
		"max_age":            d.duration(&into.MaxAge, time.Second, 365*24*time.Hour),
		"max_servers":        d.integer(&into.MaxServers, 1, 1000),
		"lookups_per_second": d.integer(&into.LookupsPerSecond, 1, 10_000),
		"allow_private":      d.boolean(&into.AllowPrivate),
		"allow_http":         d.boolean(&into.AllowHTTP),
	})
}

// auto has the domain learnt. No domain is called so: it takes two labels.
const auto = "auto"

func (d *document) domain(into *Discovery) take {
	return parsed(d, &into.Domain, "want a domain name such as example.net, or auto", func(s string) (string, error) {
		if into.LearnDomain = s == auto; into.LearnDomain {
			return "", nil
		}
		return domain(s)
	})
}

// device takes what the name of an interface may be in Linux.
func device(s string) (string, error) {
	if s == "" || len(s) > 15 || s == "." || s == ".." || strings.ContainsAny(s, "/: \t\n") {
		return s, errRange
	}
	return s, nil
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

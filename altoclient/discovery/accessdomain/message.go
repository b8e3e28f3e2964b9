package accessdomain

import (
	"fmt"
	"strings"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"
	"github.com/insomniacslk/dhcp/dhcpv6"
)

// Options of RFC 5986 sections 3.2 and 3.3.
const (
	optionAccess4 = dhcpv4.OptionOPTIONv4AccessDomain // 213
	optionAccess6 = dhcpv6.OptionV6AccessDomain       // 57
)

// names4 returns the names in a message of a DHCP server.
func names4(m *dhcpv4.DHCPv4) ([]Name, error) {
	var names []Name
	var err error
	if raw := m.Options.Get(optionAccess4); raw != nil {
		domain, wrong := parseLabels(raw)
		if wrong != nil {
			err = fmt.Errorf("option %d: %w", optionAccess4.Code(), wrong)
		}
		names = appendNames(names, Access, domain)
	}
	// Some servers end it with a zero byte (RFC 2132 section 2), some put a list there.
	text := strings.TrimRight(m.DomainName(), "\x00")
	return appendNames(names, Domain, strings.Fields(text)...), err
}

// names6 returns the names in a message of a DHCPv6 server.
func names6(m *dhcpv6.Message) ([]Name, error) {
	var names []Name
	var err error
	for _, option := range m.Options.Get(optionAccess6) {
		domain, wrong := parseLabels(option.ToBytes())
		if wrong != nil {
			err = fmt.Errorf("option %d: %w", optionAccess6, wrong)
		}
		names = appendNames(names, Access, domain)
	}
	if search := m.Options.DomainSearchList(); search != nil {
		names = appendNames(names, Search, search.Labels...)
	}
	return names, err
}

// parseDhcpcd reads a lease of dhcpcd, which is the server's message as it came.
// The lease began when the file was written.
func parseDhcpcd(f file) ([]Name, error) {
	m, err := dhcpv4.FromBytes(f.text)
	if err != nil {
		return nil, err
	}
	// Without a lease time it is BOOTP, or an answer to DHCPINFORM: good for ever.
	const forever = (1<<32 - 1) * time.Second
	if life := m.IPAddressLeaseTime(forever); life != forever && !f.now.Before(f.modified.Add(life)) {
		return nil, nil
	}
	return names4(m)
}

// parseDhcpcd6 is parseDhcpcd for IPv6.
func parseDhcpcd6(f file) ([]Name, error) {
	m, err := dhcpv6.MessageFromBytes(f.text)
	if err != nil {
		return nil, err
	}
	if life, leased := lifetime6(m); leased && !f.now.Before(f.modified.Add(life)) {
		return nil, nil
	}
	return names6(m)
}

// lifetime6 returns the lifetime of what lasts longest in a lease; false if it has
// no addresses and no prefixes.
func lifetime6(m *dhcpv6.Message) (life time.Duration, leased bool) {
	for _, association := range m.Options.IANA() {
		for _, a := range association.Options.Addresses() {
			life, leased = max(life, a.ValidLifetime), true
		}
	}
	for _, association := range m.Options.IAPD() {
		for _, p := range association.Options.Prefixes() {
			life, leased = max(life, p.ValidLifetime), true
		}
	}
	return life, leased
}

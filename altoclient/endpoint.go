package altoclient

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// AppendEndpoint appends addr as a typed endpoint address such as
// ipv6:2001:db8::1 (RFC 7285 section 10.4.1). An IPv4 address that is mapped to
// IPv6 is an IPv4 address.
func AppendEndpoint(b []byte, addr netip.Addr) []byte {
	addr = addr.Unmap()
	if addr.Is4() {
		b = append(b, "ipv4:"...)
	} else {
		b = append(b, "ipv6:"...)
	}
	return addr.WithZone("").AppendTo(b)
}

// errAddressType is in the chain of an error about an address that is not of
// IPv4 or IPv6.
var errAddressType = errors.New("unknown address type")

// ParseEndpoint reads a typed endpoint address. One address has several
// spellings; all of them lead to the same value here, and servers need not answer
// in the one they were asked in (RFC 7285 section 10.4).
func ParseEndpoint(text string) (netip.Addr, error) {
	addressType, rest, ok := strings.Cut(text, ":")
	if !ok {
		return netip.Addr{}, fmt.Errorf("endpoint %.80q has no address type", text)
	}
	if addressType != "ipv4" && addressType != "ipv6" {
		return netip.Addr{}, fmt.Errorf("endpoint %.80q: %w", text, errAddressType)
	}
	addr, err := netip.ParseAddr(rest)
	if err != nil || addr.Zone() != "" || addr.Is4() != (addressType == "ipv4") {
		return netip.Addr{}, fmt.Errorf("endpoint %.80q is not an address of its type", text)
	}
	return addr.Unmap(), nil
}

// endpoint reads the name of a member as an endpoint. It returns no address for
// one of a type that is not known, which must be ignored.
func (d *document) endpoint(name []byte) (netip.Addr, error) {
	addr, err := ParseEndpoint(string(name))
	if errors.Is(err, errAddressType) {
		return netip.Addr{}, nil
	}
	if err != nil {
		return netip.Addr{}, d.errorf("%w", err)
	}
	return addr, nil
}

func appendEndpoints(b []byte, addrs []netip.Addr) []byte {
	return appendList(b, addrs, func(b []byte, addr netip.Addr) []byte {
		b = append(b, '"')
		return append(AppendEndpoint(b, addr), '"')
	})
}

func appendStrings(b []byte, list []string) []byte {
	return appendList(b, list, func(b []byte, s string) []byte {
		b, _ = jsontext.AppendQuote(b, strings.ToValidUTF8(s, "\ufffd"))
		return b
	})
}

func appendList[T any](b []byte, list []T, one func([]byte, T) []byte) []byte {
	b = append(b, '[')
	for i, v := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = one(b, v)
	}
	return append(b, ']')
}

func checkAddrs(what string, addrs []netip.Addr) error {
	for _, addr := range addrs {
		if !addr.IsValid() {
			return fmt.Errorf("%s: invalid address", what)
		}
	}
	return nil
}

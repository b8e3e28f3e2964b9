package discovery

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"time"
)

// ErrForbidden is in the chain of the error about a connection that [Guard] does
// not allow.
var ErrForbidden = errors.New("not allowed to servers that were discovered")

// Guard is how to reach servers whose addresses strangers choose. Without it, a
// record in a stranger's zone would make the tracker send requests into the
// networks that only the tracker can reach.
type Guard struct {
	// Resolver resolves host names. Required.
	Resolver Resolver

	// AllowPrivate allows addresses that are not of the public Internet.
	AllowPrivate bool

	// AllowHTTP allows http, not only https.
	AllowHTTP bool

	// TLS is used for https; nil means the defaults.
	TLS *tls.Config
}

// Client returns an HTTP client that connects to nothing else. It checks each
// connection, redirects included, by the address that it goes to, and uses no
// proxy, which would resolve names on its own.
func (g Guard) Client() *http.Client {
	return &http.Client{Transport: &guarded{
		allowHTTP: g.AllowHTTP,
		Transport: http.Transport{
			DialContext:            g.dial,
			TLSClientConfig:        g.TLS,
			TLSHandshakeTimeout:    10 * time.Second,
			ForceAttemptHTTP2:      true,
			MaxIdleConnsPerHost:    1,
			IdleConnTimeout:        time.Minute,
			MaxResponseHeaderBytes: 64 << 10,
		},
	}}
}

type guarded struct {
	allowHTTP bool
	http.Transport
}

// RoundTrip implements [http.RoundTripper].
func (t *guarded) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Scheme != protocolHTTPS && !t.allowHTTP {
		return nil, fmt.Errorf("%s is %w", req.URL.Scheme, ErrForbidden)
	}
	return t.Transport.RoundTrip(req)
}

// maxAddresses is how many addresses of a host are tried.
const maxAddresses = 4

func (g Guard) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	addrs, err := g.resolve(ctx, host)
	if err != nil {
		return nil, err
	}
	dialer := net.Dialer{Timeout: 5 * time.Second}
	var errs []error
	for _, addr := range addrs[:min(len(addrs), maxAddresses)] {
		conn, err := dialer.DialContext(ctx, network, net.JoinHostPort(addr.String(), port))
		if err == nil {
			return conn, nil
		}
		errs = append(errs, err)
	}
	return nil, errors.Join(errs...)
}

// resolve returns the allowed addresses of host, or an error.
func (g Guard) resolve(ctx context.Context, host string) ([]netip.Addr, error) {
	addrs := []netip.Addr{}
	if literal, err := netip.ParseAddr(host); err == nil {
		addrs = append(addrs, literal)
	} else if addrs, err = g.Resolver.Addresses(ctx, host); err != nil {
		return nil, err
	}
	if len(addrs) == 0 {
		return nil, fmt.Errorf("%s has no address", host)
	}
	var allowed []netip.Addr
	for _, a := range addrs {
		if g.AllowPrivate || Public(a) {
			allowed = append(allowed, a.Unmap())
		}
	}
	if len(allowed) == 0 {
		return nil, fmt.Errorf("%s is at %v, which is %w", host, addrs[0], ErrForbidden)
	}
	return allowed, nil
}

// special are the blocks of the IANA special-purpose address registries that are
// not globally reachable and that package netip does not tell of, together with
// those that stand for IPv4 addresses somewhere else.
var special = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"), // shared address space, RFC 6598
	netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), // benchmarks, RFC 2544
	netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("::/96"),        // IPv4-compatible
	netip.MustParsePrefix("64:ff9b::/96"), // NAT64
	netip.MustParsePrefix("64:ff9b:1::/48"),
	netip.MustParsePrefix("100::/64"),  // discard-only
	netip.MustParsePrefix("2001::/23"), // Teredo and other protocol assignments
	netip.MustParsePrefix("2002::/16"), // 6to4
	netip.MustParsePrefix("5f00::/16"), // segment routing
	netip.MustParsePrefix("fec0::/10"), // site-local
}

// Public tells whether addr is an address of the public Internet: a unicast one
// that is not loopback, link-local, private or of another special block.
func Public(addr netip.Addr) bool {
	addr = addr.Unmap()
	if !addr.IsGlobalUnicast() || addr.IsPrivate() || addr.Zone() != "" {
		return false
	}
	for _, p := range special {
		if p.Contains(addr) {
			return false
		}
	}
	return true
}

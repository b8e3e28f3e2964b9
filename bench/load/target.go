package load

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// ErrNotLoopback refuses a target on another machine.
var ErrNotLoopback = errors.New("not a loopback address: a load of this kind takes a tracker down")

// Target is a tracker to put under load.
type Target struct {
	Scheme string // udp, http or https
	Host   string // as the URL has it, for the Host header and the certificate
	Addr   netip.AddrPort
	Path   string // with the query; a UDP target's is sent as BEP 41 says
}

// String returns the URL.
func (t Target) String() string { return t.Scheme + "://" + t.Host + t.Path }

// ParseTarget reads a tracker's URL. A host that is not on the loopback interface is
// refused with ErrNotLoopback unless owned is set, and no name but "localhost" is
// even looked up: nobody is to be flooded by a typing mistake.
func ParseTarget(ctx context.Context, text string, owned bool) (Target, error) {
	u, err := url.Parse(text)
	if err != nil {
		return Target{}, fmt.Errorf("%q: %w", text, err)
	}
	t := Target{Scheme: u.Scheme, Host: u.Host, Path: u.RequestURI()}
	port := u.Port()
	switch u.Scheme {
	case "udp":
		if u.Path == "" && u.RawQuery == "" {
			t.Path = ""
		}
		if port == "" {
			return Target{}, fmt.Errorf("%q: want udp://HOST:PORT", text)
		}
	case "http", "https":
		if u.Path == "" || u.Path == "/" {
			return Target{}, fmt.Errorf("%q: want the announce URL, mostly one that ends in /announce", text)
		}
		if port == "" {
			port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
		}
	default:
		return Target{}, fmt.Errorf("%q: want udp://HOST:PORT or http://HOST:PORT/announce", text)
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 {
		return Target{}, fmt.Errorf("%q: port: want 1 to 65535", text)
	}
	addr, err := resolve(ctx, u.Hostname(), owned)
	if err != nil {
		return Target{}, fmt.Errorf("%q: %w", text, err)
	}
	t.Addr = netip.AddrPortFrom(addr, uint16(n))
	return t, nil
}

func resolve(ctx context.Context, host string, owned bool) (netip.Addr, error) {
	if host == "localhost" {
		return netip.AddrFrom4([4]byte{127, 0, 0, 1}), nil
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		addr = addr.Unmap()
		if !addr.IsLoopback() && !owned {
			return netip.Addr{}, ErrNotLoopback
		}
		return addr, nil
	}
	if !owned {
		return netip.Addr{}, ErrNotLoopback
	}
	addrs, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return netip.Addr{}, err
	}
	return addrs[0].Unmap(), nil
}

// scrapePath returns the path of scrapes (BEP 48): the last segment's leading
// "announce" becomes "scrape".
func (t Target) scrapePath() (string, bool) {
	path, query, _ := strings.Cut(t.Path, "?")
	i := strings.LastIndexByte(path, '/') + 1
	rest, ok := strings.CutPrefix(path[i:], "announce")
	path = path[:i] + "scrape" + rest
	if query != "" {
		path += "?" + query
	}
	return path, ok
}

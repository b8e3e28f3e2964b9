package admin

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// protect keeps browsers from showing answers to anybody but the operator: pages
// of other origins cannot read them (there is no CORS header), embed them, or
// have them taken for a script; and nothing remembers them.
func protect(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
}

// hosts knows the names by which a server on a loopback address is called. A
// web page can have its own name resolve to 127.0.0.1 (DNS rebinding); to
// the operator's browser this server is then of the page's origin, and the page
// may read it. But the name gives it away. A server on another address is open to
// its network anyhow, and may have any name there.
type hosts struct {
	loopback bool
	listen   string // the host of Config.Listen, if it is a name
}

func hostsOf(bound netip.AddrPort, listen string) hosts {
	name, _, _ := net.SplitHostPort(listen)
	return hosts{bound.Addr().Unmap().IsLoopback(), strings.ToLower(name)}
}

// own tells whether a Host header may name this server. No header at all is fine:
// simple health checks send none, browsers always do.
func (h hosts) own(header string) bool {
	if !h.loopback || header == "" {
		return true
	}
	name := header
	if host, _, err := net.SplitHostPort(header); err == nil {
		name = host
	}
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	if _, err := netip.ParseAddr(strings.Trim(name, "[]")); err == nil {
		return true // what is no name cannot be rebound
	}
	return name == "localhost" || name == h.listen
}

package discovery

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

// hosts is a Resolver of addresses by host.
type hosts map[string][]netip.Addr

func (hosts) Records(context.Context, string) (Answer, error) { return Answer{}, nil }

func (h hosts) Addresses(_ context.Context, host string) ([]netip.Addr, error) { return h[host], nil }

func TestPublic(t *testing.T) {
	for addr, want := range map[string]bool{
		"8.8.8.8": true, "2606:4700::1111": true, "198.51.100.3": true, "172.32.0.1": true, "100.128.0.1": true,
		"127.0.0.1": false, "10.1.2.3": false, "172.16.0.1": false, "192.168.1.1": false, "169.254.169.254": false,
		"0.0.0.0": false, "0.1.2.3": false, "100.64.0.1": false, "192.0.0.1": false, "198.18.0.1": false, "224.0.0.1": false,
		"255.255.255.255": false, "240.0.0.1": false,
		"::1": false, "::": false, "fe80::1": false, "fc00::1": false, "ff02::1": false, "::ffff:127.0.0.1": false, "::ffff:8.8.8.8": true,
		"::7f00:1": false, "64:ff9b::7f00:1": false, "2002:7f00:1::": false, "2001::1": false, "fec0::1": false, "100::1": false,
		"2606:4700::1111%eth0": false,
	} {
		if got := Public(netip.MustParseAddr(addr)); got != want {
			t.Errorf("%s: %v", addr, got)
		}
	}
	if Public(netip.Addr{}) {
		t.Error("no address is public")
	}
}

func TestGuardKeepsOutOfPrivateNetworks(t *testing.T) {
	asked := 0
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
	defer inside.Close()
	port := inside.URL[strings.LastIndex(inside.URL, ":"):]
	names := hosts{"inside.example": {netip.MustParseAddr("127.0.0.1")}, "empty.example": nil}
	client := Guard{Resolver: names, AllowHTTP: true}.Client()
	defer client.CloseIdleConnections()
	for _, host := range []string{"inside.example", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"} {
		if resp, err := client.Get("http://" + host + port + "/"); !errors.Is(err, ErrForbidden) {
			t.Errorf("%s: %v, %v", host, resp, err)
		}
	}
	if _, err := client.Get("http://empty.example" + port); err == nil || !strings.Contains(err.Error(), "no address") {
		t.Error(err)
	}
	if asked > 0 {
		t.Error("a request got through")
	}
	open := Guard{Resolver: names, AllowHTTP: true, AllowPrivate: true}.Client()
	defer open.CloseIdleConnections()
	resp, err := open.Get("http://inside.example" + port)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
}

func TestGuardTakesHTTPSOnly(t *testing.T) {
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	secure := httptest.NewTLSServer(http.RedirectHandler(plain.URL, http.StatusFound))
	defer secure.Close()
	pool := x509.NewCertPool()
	pool.AddCert(secure.Certificate())
	client := Guard{AllowPrivate: true, TLS: &tls.Config{RootCAs: pool}}.Client()
	defer client.CloseIdleConnections()
	for _, url := range []string{plain.URL, secure.URL} { // the second one leads to the first
		if _, err := client.Get(url); !errors.Is(err, ErrForbidden) {
			t.Errorf("%s: %v", url, err)
		}
	}
}

func TestGuardTriesOnlyAllowedAddresses(t *testing.T) {
	names := hosts{"mixed.example": {netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("8.8.8.8"), netip.MustParseAddr("::ffff:9.9.9.9")}}
	got, err := Guard{Resolver: names}.resolve(t.Context(), "mixed.example")
	if err != nil || len(got) != 2 || got[0] != netip.MustParseAddr("8.8.8.8") || got[1] != netip.MustParseAddr("9.9.9.9") {
		t.Errorf("%v, %v", got, err)
	}
}

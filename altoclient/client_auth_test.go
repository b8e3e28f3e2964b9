package altoclient_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/altracker/altracker/altoclient"
	"github.com/altracker/altracker/altoclient/altotest"
)

const (
	user   = "tracker"
	secret = "pass:word @/?é"
)

func newAltotest(t *testing.T) *altotest.Server {
	t.Helper()
	server, err := altotest.NewServer([]byte(labNetwork), []byte(labCosts))
	if err != nil {
		t.Fatal(err)
	}
	return server
}

func serve(t *testing.T, h http.Handler) *httptest.Server {
	t.Helper()
	web := httptest.NewServer(h)
	t.Cleanup(web.Close)
	return web
}

func newTestClient(t *testing.T, config altoclient.Config) *altoclient.Client {
	t.Helper()
	client := altoclient.NewClient(config)
	t.Cleanup(client.Close)
	return client
}

func credentials(t *testing.T, server, username, password string) []altoclient.Credentials {
	t.Helper()
	return []altoclient.Credentials{{Server: mustURL(t, server), Username: username, Password: password}}
}

func TestClientSaysWhoItIs(t *testing.T) {
	for name, guard := range map[string]func(http.Handler) http.Handler{
		"basic":  func(h http.Handler) http.Handler { return altotest.RequireBasic(user, secret, h) },
		"digest": func(h http.Handler) http.Handler { return altotest.RequireDigest(user, secret, false, h) },
		"stale":  func(h http.Handler) http.Handler { return altotest.RequireDigest(user, secret, true, h) },
	} {
		t.Run(name, func(t *testing.T) {
			web := serve(t, guard(newAltotest(t)))
			inURL := strings.Replace(web.URL, "http://", "http://"+url.UserPassword(user, secret).String()+"@", 1)
			for where, tt := range map[string]struct {
				uri    string
				config altoclient.Config
			}{
				"config": {web.URL, altoclient.Config{Credentials: credentials(t, web.URL+"/any?thing", user, secret)}},
				"URL":    {inURL, altoclient.Config{}},
			} {
				client := newTestClient(t, tt.config)
				maps, err := client.Maps(t.Context(), tt.uri+atDirectory)
				if err != nil || maps.CostMap() == nil {
					t.Fatalf("%s: %v", where, err)
				}
				dir, err := client.Directory(t.Context(), tt.uri+atDirectory)
				if err != nil {
					t.Fatal(err)
				}
				r, _ := dir.EndpointCosts(routingCost)
				costs, err := client.EndpointCosts(t.Context(), r, altoclient.EndpointCostQuery{
					CostType: routingCost, Srcs: []netip.Addr{host1}, Dsts: []netip.Addr{host2},
				})
				if err != nil || costs.Cost(host1, host2) != 5 {
					t.Errorf("%s, POST: %v", where, err)
				}
			}
			for _, wrong := range []altoclient.Config{
				{Credentials: credentials(t, web.URL, user, "other")},
				{Credentials: credentials(t, web.URL, "other", secret)},
				{},
			} {
				_, err := newTestClient(t, wrong).Directory(t.Context(), web.URL+atDirectory)
				var status *altoclient.StatusError
				if !errors.As(err, &status) || status.Status != http.StatusUnauthorized || strings.Contains(err.Error(), secret) {
					t.Errorf("wrong credentials: %v, want 401", err)
				}
			}
		})
	}
}

// seen notes what requests tell a server about their sender.
type seen struct {
	mu      sync.Mutex
	headers []string
}

func (s *seen) guard(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.headers = append(s.headers, r.Header.Get("Authorization")+r.Header.Get("Referer"))
		s.mu.Unlock()
		h.ServeHTTP(w, r)
	})
}

func TestClientPrefersDigest(t *testing.T) {
	var at seen
	web := serve(t, at.guard(altotest.RequireDigest(user, secret, false, newAltotest(t)))) // offers both, Basic first
	client := newTestClient(t, altoclient.Config{Credentials: credentials(t, web.URL, user, secret)})
	if _, err := client.NetworkMap(t.Context(), web.URL+atNetwork); err != nil {
		t.Fatal(err)
	}
	if len(at.headers) != 2 || at.headers[0] != "" || !strings.HasPrefix(at.headers[1], "Digest ") {
		t.Errorf("authorization is %q; want none before the challenge, then Digest", at.headers)
	}
}

// TestClientKeepsCredentialsToOneHost: the other host asks for them in vain,
// whether a directory, a redirect or the caller leads there.
func TestClientKeepsCredentialsToOneHost(t *testing.T) {
	var atOther seen
	other := serve(t, atOther.guard(altotest.RequireBasic(user, secret, http.NotFoundHandler())))
	first := http.NewServeMux()
	first.HandleFunc("/directory", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", altoclient.MediaTypeDirectory)
		// One host, absolute: it gets the credentials although its URI has none.
		_, _ = fmt.Fprintf(w, `{"resources":{
			"a":{"uri":"%s/plain","media-type":"application/alto-directory+json"},
			"b":{"uri":"/redirect","media-type":"application/alto-directory+json"},
			"c":{"uri":"http://%s/empty","media-type":"application/alto-directory+json"}}}`, other.URL, r.Host)
	})
	first.HandleFunc("/empty", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", altoclient.MediaTypeDirectory)
		_, _ = io.WriteString(w, `{"resources":{}}`)
	})
	first.Handle("/redirect", http.RedirectHandler(other.URL+"/redirected", http.StatusTemporaryRedirect))
	for _, guard := range []func(string, string, http.Handler) http.Handler{
		altotest.RequireBasic,
		func(u, p string, h http.Handler) http.Handler { return altotest.RequireDigest(u, p, false, h) },
	} {
		web := serve(t, guard(user, secret, first))
		for _, tt := range []struct {
			uri    string
			config altoclient.Config
		}{
			{strings.Replace(web.URL, "http://", "http://"+url.UserPassword(user, secret).String()+"@", 1), altoclient.Config{}},
			{web.URL, altoclient.Config{Credentials: credentials(t, web.URL, user, secret)}},
		} {
			d, err := newTestClient(t, tt.config).Directory(t.Context(), tt.uri+"/directory")
			if err != nil {
				t.Fatal(err)
			}
			// Only the other host's two are refused.
			if len(d.Problems) != 2 {
				t.Errorf("problems are %v, want two", d.Problems)
			}
			for _, p := range d.Problems {
				if !strings.Contains(p.Error(), other.URL) || !strings.Contains(p.Error(), "401") || strings.Contains(p.Error(), url.QueryEscape("pass:")) {
					t.Errorf("problem is %v", p)
				}
			}
		}
	}
	if len(atOther.headers) != 8 || strings.Join(atOther.headers, "") != "" {
		t.Errorf("the other host is told %q, want nothing, eight times", atOther.headers)
	}
}

func TestCredentialsHideThemselves(t *testing.T) {
	c := credentials(t, "https://alto.example.net/x", user, secret)
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		if text := fmt.Sprintf(format, c); strings.Contains(text, secret) || !strings.Contains(text, "alto.example.net") {
			t.Errorf("%s gives %s", format, text)
		}
	}
	if text := fmt.Sprint(altoclient.Credentials{Password: secret}); strings.Contains(text, secret) {
		t.Error(text)
	}
}

func TestClientShowsItsCertificateToOneHost(t *testing.T) {
	mine := newCertificate(t, "tracker", nil)
	start := func() (*httptest.Server, *[]string) {
		shown := new([]string)
		server := newAltotest(t)
		web := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			name := ""
			if peer := r.TLS.PeerCertificates; len(peer) > 0 {
				name = peer[0].Subject.CommonName
			}
			*shown = append(*shown, name)
			server.ServeHTTP(w, r)
		}))
		web.TLS = &tls.Config{ClientAuth: tls.RequestClientCert}
		web.Config.ErrorLog = log.New(io.Discard, "", 0)
		web.StartTLS()
		t.Cleanup(web.Close)
		return web, shown
	}
	one, atOne := start()
	two, atTwo := start()
	roots := x509.NewCertPool()
	roots.AddCert(one.Certificate())
	client := newTestClient(t, altoclient.Config{
		RootCAs:     roots,
		Credentials: []altoclient.Credentials{{Server: mustURL(t, one.URL), Certificate: &mine}},
	})
	for _, web := range []*httptest.Server{one, two} { // both have the same certificate
		if _, err := client.NetworkMap(t.Context(), web.URL+atNetwork); err != nil {
			t.Fatal(err)
		}
	}
	if len(*atOne) != 1 || (*atOne)[0] != "tracker" || len(*atTwo) != 1 || (*atTwo)[0] != "" {
		t.Errorf("one is shown %q, the other %q", *atOne, *atTwo)
	}
	var unknown x509.UnknownAuthorityError
	if _, err := newTestClient(t, altoclient.Config{}).NetworkMap(t.Context(), one.URL+atNetwork); !errors.As(err, &unknown) {
		t.Errorf("without the authority: %v", err)
	}
}

func mustURL(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

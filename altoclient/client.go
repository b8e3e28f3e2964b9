package altoclient

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// Config says how a [Client] behaves.
type Config struct {
	// HTTP does the requests; its timeout, transport and TLS are the caller's
	// business: RootCAs and the certificates of Credentials are not used with
	// it. Neither are its cookie jar and redirect policy. Nil means an HTTP
	// client of our own.
	HTTP *http.Client

	// RootCAs is whom to believe that a server is who it says; nil means the
	// system's certificate authorities.
	RootCAs *x509.CertPool

	// Credentials has one entry for each server that wants to know who asks. The
	// user and password of a URL (https://user:password@host/) come before them.
	Credentials []Credentials

	// Limits bounds what is read.
	Limits Limits

	// Redirects is how many are followed; 0 means 5, less means none.
	Redirects int

	// UserAgent names the client; empty means "altracker".
	UserAgent string

	// Timeout bounds one document, from the request to its last byte; 0 means
	// one minute.
	Timeout time.Duration

	// Rest is how long the reading of a document pauses after every 8 KiB, for a process
	// that has more urgent things to do: for half of Timeout in all, at most. 0 means not at
	// all.
	Rest time.Duration
}

// Client fetches documents from ALTO servers. It keeps no cookies, and shows
// credentials to nobody but the server they are for. It may be used from several
// goroutines.
type Client struct {
	config Config
	http   *http.Client
	own    []*http.Transport
}

// NewClient returns a Client.
func NewClient(config Config) *Client {
	config.Limits = config.Limits.withDefaults()
	if config.Redirects == 0 {
		config.Redirects = 5
	}
	if config.UserAgent == "" {
		config.UserAgent = "altracker"
	}
	if config.Timeout == 0 {
		config.Timeout = time.Minute
	}
	c := &Client{config: config, http: new(http.Client)}
	auth := &authenticator{base: http.DefaultTransport, accounts: make(map[string]account)}
	if config.HTTP != nil {
		*c.http = *config.HTTP
		if c.http.Transport != nil {
			auth.base = c.http.Transport
		}
	} else {
		auth.base = c.transport(nil)
	}
	for _, who := range config.Credentials {
		if who.Server == nil {
			continue
		}
		account := account{username: who.Username, password: who.Password}
		if who.Certificate != nil && config.HTTP == nil {
			account.transport = c.transport(who.Certificate)
		}
		auth.accounts[origin(who.Server)] = account
	}
	c.http.Transport = auth
	c.http.Jar = nil
	c.http.CheckRedirect = c.checkRedirect
	return c
}

// transport returns a transport of our own. It accepts gzip and undoes it
// unseen; Limits counts what comes out.
func (c *Client) transport(certificate *tls.Certificate) *http.Transport {
	t := &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		ForceAttemptHTTP2:      true,
		MaxIdleConnsPerHost:    1,
		IdleConnTimeout:        time.Minute,
		MaxResponseHeaderBytes: 64 << 10,
		TLSClientConfig:        &tls.Config{RootCAs: c.config.RootCAs},
	}
	if certificate != nil {
		t.TLSClientConfig.Certificates = []tls.Certificate{*certificate}
	}
	c.own = append(c.own, t)
	return t
}

// Close closes idle connections, unless the HTTP client is the caller's.
func (c *Client) Close() {
	for _, t := range c.own {
		t.CloseIdleConnections()
	}
}

func (c *Client) checkRedirect(req *http.Request, via []*http.Request) error {
	first := via[0]
	req.Header.Del("Referer") // the query of a URL may be a secret
	switch {
	case len(via) > c.config.Redirects:
		return fmt.Errorf("more than %d redirects", max(c.config.Redirects, 0))
	case req.URL.Scheme != "https" && first.URL.Scheme == "https":
		return fmt.Errorf("redirect from https to %s", req.URL.Scheme)
	}
	return nil
}

// Directory fetches the directory at uri and all directories nested in it. What
// is wrong with a nested one is in its Problems; only the root must be sound.
func (c *Client) Directory(ctx context.Context, uri string) (*Directory, error) {
	return (&closure{client: c}).fetch(ctx, uri)
}

// NetworkMap fetches a full network map.
func (c *Client) NetworkMap(ctx context.Context, uri string) (*NetworkMap, error) {
	var m *NetworkMap
	_, err := c.get(ctx, request{uri: uri, mediaType: MediaTypeNetworkMap}, c.readNetworkMap(&m))
	return m, err
}

// CostMap fetches a full cost map; see [ParseCostMap] for the meaning of network.
func (c *Client) CostMap(ctx context.Context, uri string, network *NetworkMap) (*CostMap, error) {
	var m *CostMap
	_, err := c.get(ctx, request{uri: uri, mediaType: MediaTypeCostMap}, c.readCostMap(&m, network))
	return m, err
}

// Get fetches a resource and checks it by parsing, if it is of a media type that
// this package knows.
func (c *Client) Get(ctx context.Context, r Resource) ([]byte, error) {
	if r.Accepts != "" {
		return nil, fmt.Errorf("%s: wants a POST of %s", r.ID, r.Accepts)
	}
	var body []byte
	_, err := c.get(ctx, request{uri: r.URI, mediaType: r.MediaType}, func(b io.Reader, base *url.URL) (err error) {
		if body, err = io.ReadAll(&cappedReader{r: b, limit: c.config.Limits.Bytes}); err != nil {
			return err
		}
		return check(body, r.MediaType, base, c.config.Limits)
	})
	return body, err
}

func check(body []byte, mediaType string, base *url.URL, limits Limits) error {
	r := bytes.NewReader(body)
	var err error
	switch {
	case isMediaType(mediaType, MediaTypeDirectory):
		_, err = ParseDirectory(r, base, limits)
	case isMediaType(mediaType, MediaTypeNetworkMap):
		_, err = ParseNetworkMap(r, limits)
	case isMediaType(mediaType, MediaTypeCostMap):
		_, err = ParseCostMap(r, nil, limits)
	case isMediaType(mediaType, MediaTypePropertyMap):
		_, err = ParsePropertyMap(r, limits)
	}
	return err
}

func (c *Client) readNetworkMap(m **NetworkMap) func(io.Reader, *url.URL) error {
	return func(body io.Reader, _ *url.URL) (err error) {
		*m, err = ParseNetworkMap(body, c.config.Limits)
		return err
	}
}

func (c *Client) readCostMap(m **CostMap, network *NetworkMap) func(io.Reader, *url.URL) error {
	return func(body io.Reader, _ *url.URL) (err error) {
		*m, err = ParseCostMap(body, network, c.config.Limits)
		return err
	}
}

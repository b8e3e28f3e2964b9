package altoclient

import (
	"crypto/tls"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/icholy/digest"
)

// Credentials prove to one server who the client is (RFC 7285 section 8.3.5).
// They are shown to the origin of Server, that is its scheme, host and port, and
// to nobody else, wherever directories and redirects lead.
type Credentials struct {
	// Server is any URL of the server, such as that of its directory.
	Server *url.URL

	// Username and Password answer the server's challenge: Digest (RFC 7616)
	// where it offers that, else Basic (RFC 7617), which hides the password from
	// nobody on the way unless the scheme is https. An empty Username means
	// that there are none.
	Username, Password string

	// Certificate proves it at the TLS layer; nil means that there is none.
	Certificate *tls.Certificate
}

// String hides what must not be in logs.
func (c Credentials) String() string {
	if c.Server == nil {
		return "credentials for nobody"
	}
	return "credentials for " + origin(c.Server)
}

// GoString hides it from %#v, too.
func (c Credentials) GoString() string { return c.String() }

// origin is what credentials are bound to (RFC 9110 section 4.3.1).
func origin(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return u.Scheme + "://" + strings.ToLower(u.Hostname()) + ":" + port
}

// account is what one origin is shown.
type account struct {
	username, password string
	transport          http.RoundTripper // presents the certificate; nil if there is none
}

// authenticator adds credentials to each request on its way to the origin that
// they are for. It works below the redirects of [http.Client], so that each hop
// is judged anew. Challenges are not kept: documents are fetched every few
// minutes, and one more small answer costs less than nonces that go stale.
type authenticator struct {
	base     http.RoundTripper
	accounts map[string]account // by origin
}

func (a *authenticator) RoundTrip(req *http.Request) (*http.Response, error) {
	who := a.accounts[origin(req.URL)]
	if user := req.URL.User; user != nil {
		// http.Client would send the password to whoever listens, unasked.
		req = req.Clone(req.Context())
		req.Header.Del("Authorization")
		who.username = user.Username()
		who.password, _ = user.Password()
	}
	transport := a.base
	if who.transport != nil {
		transport = who.transport
	}
	resp, err := transport.RoundTrip(req)
	// The second answer is to a nonce that the server calls stale.
	for tries := 0; err == nil && who.username != "" && resp.StatusCode == http.StatusUnauthorized && tries < 2; tries++ {
		next := who.answer(req, resp.Header, tries > 0)
		if next == nil {
			break
		}
		_, _ = io.CopyN(io.Discard, resp.Body, 64<<10) // for the connection's sake
		_ = resp.Body.Close()
		resp, err = transport.RoundTrip(next)
	}
	return resp, err
}

// answer returns req with an answer to the challenge of a 401, nil if there is
// none to give. Again tells that the server has refused one already.
func (a account) answer(req *http.Request, challenge http.Header, again bool) *http.Request {
	if req.Body != nil && req.Body != http.NoBody && req.GetBody == nil {
		return nil // it cannot be sent twice
	}
	next := req.Clone(req.Context())
	if req.GetBody != nil {
		body, err := req.GetBody()
		if err != nil {
			return nil
		}
		next.Body = body
	}
	asked, err := digest.FindChallenge(challenge)
	switch {
	case err == nil && again && !asked.Stale:
		return nil
	case err == nil:
		answer, err := digest.Digest(asked, digest.Options{
			Method: req.Method, URI: req.URL.RequestURI(), GetBody: req.GetBody, Count: 1,
			Username: a.username, Password: a.password,
		})
		if err != nil { // no algorithm that we have
			return nil
		}
		next.Header.Set("Authorization", answer.String())
	case !again && asksForBasic(challenge):
		next.SetBasicAuth(a.username, a.password)
	default:
		return nil
	}
	return next
}

func asksForBasic(challenge http.Header) bool {
	for _, line := range challenge.Values("WWW-Authenticate") {
		for part := range strings.SplitSeq(line, ",") {
			scheme, _, _ := strings.Cut(strings.TrimSpace(part), " ")
			if strings.EqualFold(scheme, "Basic") {
				return true
			}
		}
	}
	return false
}

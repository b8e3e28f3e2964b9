package altotest

import (
	"fmt"
	"net/http"
	"sync"

	"github.com/icholy/digest"
)

// RequireBasic answers 401 to requests without these credentials, and the rest
// as h does (RFC 7617).
func RequireBasic(username, password string, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if u, p, ok := r.BasicAuth(); ok && u == username && p == password {
			h.ServeHTTP(w, r)
			return
		}
		w.Header().Set("WWW-Authenticate", `Basic realm="alto"`)
		http.Error(w, "who are you?", http.StatusUnauthorized)
	})
}

// RequireDigest is RequireBasic without showing the password (RFC 7616, SHA-256).
// Each nonce is good once. While stale is set, the first good answer of each two
// is told that its nonce is too old.
func RequireDigest(username, password string, stale bool, h http.Handler) http.Handler {
	return &digestGuard{username: username, password: password, stale: stale, next: h, nonces: make(map[string]bool)}
}

type digestGuard struct {
	username, password string
	stale              bool
	next               http.Handler

	mu     sync.Mutex
	issued int
	nonces map[string]bool // not used yet
	good   int             // answers
}

func (g *digestGuard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	good, stale := g.judge(r)
	if good {
		g.next.ServeHTTP(w, r)
		return
	}
	w.Header().Add("WWW-Authenticate", `Basic realm="alto"`)
	w.Header().Add("WWW-Authenticate", g.challenge(g.issue(), stale).String())
	http.Error(w, "who are you?", http.StatusUnauthorized)
}

func (g *digestGuard) judge(r *http.Request) (good, stale bool) {
	have, err := digest.ParseCredentials(r.Header.Get("Authorization"))
	if err != nil {
		return false, false
	}
	want, err := digest.Digest(g.challenge(have.Nonce, false), digest.Options{
		Method: r.Method, URI: r.URL.RequestURI(), Cnonce: have.Cnonce, Count: have.Nc,
		Username: g.username, Password: g.password,
	})
	g.mu.Lock()
	defer g.mu.Unlock()
	if err != nil || !g.nonces[have.Nonce] || want.Response != have.Response || want.Username != have.Username {
		return false, false
	}
	delete(g.nonces, have.Nonce)
	g.good++
	stale = g.stale && g.good%2 == 1
	return !stale, stale
}

func (g *digestGuard) issue() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.issued++
	nonce := fmt.Sprintf("nonce-%d", g.issued)
	g.nonces[nonce] = true
	return nonce
}

func (g *digestGuard) challenge(nonce string, stale bool) *digest.Challenge {
	return &digest.Challenge{Realm: "alto", Nonce: nonce, Stale: stale, Algorithm: "SHA-256", QOP: []string{"auth"}}
}

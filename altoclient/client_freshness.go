package altoclient

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// freshness is how long a document may be used without asking again (RFC 9111
// section 4.2).
type freshness struct {
	lifetime time.Duration
	known    bool // the server says so
}

// earlier returns the one that ends first, an unknown one being the last.
func (f freshness) earlier(g freshness) freshness {
	if !f.known || g.known && g.lifetime < f.lifetime {
		return g
	}
	return f
}

func parseFreshness(h http.Header, now time.Time) freshness {
	for directive := range strings.SplitSeq(strings.Join(h.Values("Cache-Control"), ","), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(directive), "=")
		switch strings.ToLower(name) {
		case "no-store", "no-cache":
			return freshness{known: true}
		case "max-age":
			if age, ok := parseSeconds(strings.Trim(value, `"`)); ok {
				spent, _ := parseSeconds(h.Get("Age"))
				return freshness{lifetime: max(0, age-spent), known: true}
			}
		}
	}
	if expires := h.Get("Expires"); expires != "" {
		at, err := http.ParseTime(expires)
		if err != nil {
			return freshness{known: true} // RFC 9111 section 5.3: already expired
		}
		return freshness{lifetime: max(0, at.Sub(now)), known: true}
	}
	return freshness{}
}

// parseRetryAfter reads seconds or a date (RFC 9110 section 10.2.3); 0 means that
// there is nothing to read.
func parseRetryAfter(text string, now time.Time) time.Duration {
	if delay, ok := parseSeconds(text); ok {
		return delay
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}

// maxSeconds keeps what servers send far from overflow.
const maxSeconds = 10 * 365 * 24 * 3600

func parseSeconds(text string) (time.Duration, bool) {
	n, err := strconv.ParseUint(strings.TrimSpace(text), 10, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return 0, false
	}
	// Out of range is the most there is (RFC 9111 section 1.2.2).
	return time.Duration(min(n, maxSeconds)) * time.Second, true
}

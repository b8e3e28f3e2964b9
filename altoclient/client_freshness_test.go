package altoclient

import (
	"net/http"
	"testing"
	"time"
)

// FuzzFreshness reads headers of any text: what comes of them is a time that may
// be added to another.
func FuzzFreshness(f *testing.F) {
	f.Add("max-age=300", "", "10", "")
	f.Add("", "Thu, 01 Jan 1970 00:00:00 GMT", "", "120")
	now := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, control, expires, age, retry string) {
		fresh := parseFreshness(http.Header{"Cache-Control": {control}, "Expires": {expires}, "Age": {age}}, now)
		for what, d := range map[string]time.Duration{"lifetime": fresh.lifetime, "Retry-After": parseRetryAfter(retry, now)} {
			if d < 0 || now.Add(d).Before(now) {
				t.Errorf("%s is %v", what, d)
			}
		}
	})
}

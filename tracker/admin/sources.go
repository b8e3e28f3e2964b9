package admin

import "net/http"

// Source is what there is to know of a source of network maps, and an element of
// the answer of /api/v1/sources.
type Source struct {
	Name       string `json:"name"`
	State      string `json:"state"` // one of States
	VersionTag string `json:"vtag"`  // tag of the network map in use; empty if there is none
	PIDs       int    `json:"pids"`
	Prefixes   int    `json:"prefixes"`

	// AgeSeconds is how long ago the map in use was last known to be right; it has
	// no meaning while there is no map, that is, while PIDs is 0.
	AgeSeconds float64 `json:"age_seconds"`

	// NextRefreshSeconds is the time until the next refresh; 0 if one is under way
	// or none will be.
	NextRefreshSeconds float64 `json:"next_refresh_seconds"`

	// Updates is how changes are learnt of now: sse, tips or poll; empty if there is
	// no server to learn them from. While it is not poll, no refresh is due.
	Updates string `json:"updates,omitempty"`

	LastError string `json:"last_error"`     // of the last refresh; empty if it went well
	Note      string `json:"note,omitempty"` // what people should know of this source
}

// States are the states of a source: nothing tried yet; the last refresh went
// well; refreshing fails and the last good map is in use; refreshing fails and no
// map is young enough.
var States = [...]string{"none", "ok", "stale", "failed"}

func (s *Server) sources(*http.Request) (any, error) {
	return append([]Source{}, s.config.Sources()...), nil
}

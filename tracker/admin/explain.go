package admin

import (
	"math"
	"net/http"
	"net/netip"

	"github.com/altracker/altracker/selector"
	"github.com/altracker/altracker/tracker"
)

// explanation is the answer of /api/v1/explain.
type explanation struct {
	Requester requester `json:"requester"`
	Guidance  string    `json:"guidance"` // see tracker.Explanation
	Policy    string    `json:"policy"`
	NumWant   int       `json:"numwant"`
	Steps     []step    `json:"steps"`
	Peers     []peer    `json:"peers"`
}

type requester struct {
	IP     netip.Addr `json:"ip"`
	Source string     `json:"source"`
	PID    string     `json:"pid"`
	Class  string     `json:"class,omitempty"` // of its upload; nothing if no policy in force looks at it
}

type step struct {
	Name   string  `json:"name"`
	Target float64 `json:"target"`
	Taken  int     `json:"taken"`
}

type peer struct {
	IP     netip.Addr `json:"ip"`
	Port   uint16     `json:"port"`
	PID    string     `json:"pid"`
	Cost   *float32   `json:"cost"` // null if the source states none
	Step   string     `json:"step"`
	Seeder bool       `json:"seeder"`
	Class  string     `json:"class,omitempty"`
}

// explain answers for a swarm that nobody is in, too: an announce to it would be
// answered, with no peers.
func (s *Server) explain(r *http.Request) (any, error) {
	q, err := s.parseQuestion(r.URL.RawQuery)
	if err != nil {
		return nil, err
	}
	return q.explanation(s.config.Tracker.Explain(q.Question)), nil
}

func (q question) explanation(e tracker.Explanation) explanation {
	x := explanation{
		Requester: requester{q.IP, e.Source, e.PID, className(e.Class)},
		Guidance:  e.Guidance,
		Policy:    q.policy,
		NumWant:   e.NumWant,
		Steps:     make([]step, len(e.Steps)),
		Peers:     make([]peer, len(e.Peers)),
	}
	for i, st := range e.Steps {
		x.Steps[i] = step(st)
	}
	for i, p := range e.Peers {
		x.Peers[i] = peer{p.Addr.Addr(), p.Addr.Port(), p.PID, finite(p.Cost), p.Step, p.Seeder, className(p.Class)}
	}
	return x
}

// className returns nothing for a class that is unknown.
func className(c selector.Class) string {
	if c == selector.Unknown {
		return ""
	}
	return c.String()
}

// finite returns nil for a cost that JSON cannot say.
func finite(cost float32) *float32 {
	if c := float64(cost); math.IsNaN(c) || math.IsInf(c, 0) {
		return nil
	}
	return &cost
}

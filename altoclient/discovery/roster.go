package discovery

import (
	"cmp"
	"maps"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/altracker/altracker/altoclient"
)

// roster is the servers that are followed and the prefixes they are followed for.
// One goroutine owns it.
type roster struct {
	config  FollowerConfig
	claims  map[netip.Prefix]*claim
	servers map[string]*server   // by URI
	shunned map[string]time.Time // by URI: no sooner than this again
	names   map[string]string    // by URI: what the sources of an earlier run were called
	changed bool                 // there is something to save
	counts  *followerCounts
}

// server is one ALTO server.
type server struct {
	uri, name string
	source    *altoclient.Source
	claims    map[netip.Prefix]bool
	told      []netip.Prefix // whom source guides
	used      time.Time      // when it last guided somebody, about
	touched   *atomic.Bool   // it has guided somebody since the last tick
}

// A server that has failed so often without ever giving a map is given up, and
// not tried again for a while.
const (
	maxServerFailures = 3
	shunTime          = 15 * time.Minute
	maxShunned        = 4096
)

// namePrefix marks the sources that nobody configured.
const namePrefix = "discovered:"

func newRoster(config FollowerConfig, counts *followerCounts) *roster {
	r := &roster{
		config:  config,
		claims:  make(map[netip.Prefix]*claim),
		servers: make(map[string]*server),
		shunned: make(map[string]time.Time),
		counts:  counts,
	}
	if config.Domain != "" || config.Domains != nil {
		r.claims[netip.Prefix{}] = new(claim)
	}
	return r
}

// serve returns the server at uri, a new one for the claim if need be; nil if there
// is none to be had.
func (r *roster) serve(uri string, c *claim, now time.Time) *server {
	if s := r.servers[uri]; s != nil {
		return s
	}
	if now.Before(r.shunned[uri]) || !r.makeRoom(now) {
		r.counts.refused.Add(1)
		return nil
	}
	s := &server{
		uri: uri, name: r.name(uri),
		claims:  make(map[netip.Prefix]bool),
		used:    now,
		touched: new(atomic.Bool),
	}
	if !c.ofDomain() {
		s.told = []netip.Prefix{c.prefix}
	}
	source, err := r.config.Open(s.name, uri, s.told)
	if err == nil {
		err = r.config.Guide.Add(source)
	}
	if err != nil {
		r.config.Log.Warn("ALTO server not followed", "url", uri, "error", err)
		r.shun(uri, now)
		return nil
	}
	s.source = source
	r.servers[uri] = s
	r.counts.opened.Add(1)
	r.config.Log.Info("ALTO server followed", "name", s.name, "url", uri)
	return s
}

// name returns a name for the server that no other has.
func (r *roster) name(uri string) string {
	taken := func(name string) bool {
		for _, s := range r.servers {
			if s.name == name {
				return true
			}
		}
		return false
	}
	base := baseName(uri)
	name := cmp.Or(r.names[uri], base)
	for i := 2; taken(name); i++ {
		name = base + "#" + strconv.Itoa(i)
	}
	return name
}

func baseName(uri string) string {
	if u, err := url.Parse(uri); err == nil {
		return namePrefix + u.Host
	}
	return namePrefix + uri
}

// makeRoom gives up the server that has been useless for longest, if there is no
// room for another one. One that has been of use a moment ago stays: else
// strangers could make servers push out each other as fast as they can announce.
func (r *roster) makeRoom(now time.Time) bool {
	if len(r.servers) < r.config.MaxServers {
		return true
	}
	var least *server
	for _, s := range r.servers {
		if !s.claims[netip.Prefix{}] && (least == nil || cmp.Or(s.used.Compare(least.used), cmp.Compare(s.name, least.name)) < 0) {
			least = s
		}
	}
	if least == nil || now.Sub(least.used) < r.config.Stay {
		return false
	}
	r.counts.evicted.Add(1)
	r.close(least, "there are others of more use")
	return true
}

// close stops following a server, its claims included.
func (r *roster) close(s *server, reason string) {
	for p := range s.claims {
		delete(r.claims, p)
	}
	r.changed = true
	delete(r.servers, s.uri)
	r.config.Guide.Remove(s.name)
	r.config.Log.Info("ALTO server no longer followed", "name", s.name, "reason", reason)
}

func (r *roster) shun(uri string, now time.Time) {
	if len(r.shunned) < maxShunned {
		r.shunned[uri] = now.Add(shunTime)
	}
}

// tend does what is due, and returns the prefixes to ask the DNS for again.
func (r *roster) tend(now time.Time) []netip.Prefix {
	for _, s := range r.servers {
		if s.touched.Swap(false) {
			s.used = now
		}
	}
	r.giveUp(now)
	due := r.due(now)
	for _, s := range r.servers {
		requesters := r.requesters(s)
		switch {
		case len(requesters) == 0 && !s.claims[netip.Prefix{}]:
			r.close(s, "it is responsible for nobody any more")
		case !slices.Equal(requesters, s.told):
			s.told = requesters
			s.source.SetRequesters(requesters)
		}
	}
	maps.DeleteFunc(r.shunned, func(_ string, until time.Time) bool { return !now.Before(until) })
	return due
}

// giveUp hands the claims of servers that do not work to the next ones.
func (r *roster) giveUp(now time.Time) {
	for uri, s := range r.servers {
		status := s.source.Status()
		if status.State != altoclient.StateFailed || status.Failures < maxServerFailures {
			continue
		}
		r.shun(uri, now)
		orphans := s.claims
		s.claims = nil
		r.close(s, "it does not work: "+status.LastError)
		for p := range orphans {
			if c := r.claims[p]; c != nil { // a server that made room may have had it
				c.at++
				r.attach(c, now)
			}
		}
	}
}

package discovery

import (
	"net/netip"
	"slices"
	"time"
)

// claim is one prefix for which servers were found. The zero prefix stands for
// the network whose domain is configured: its server guides whom it likes.
type claim struct {
	prefix    netip.Prefix
	name      string // at which they were found
	uris      []string
	at        int       // the one in use
	confirmed time.Time // when the DNS last said so
	expires   time.Time // when to ask it again; until it answers, the claim holds
	asking    bool      // it is being asked
	failures  int       // in a row, of asking
}

func (c *claim) ofDomain() bool { return !c.prefix.IsValid() }

// Bounds and delays of claims. They need no configuration.
const (
	maxClaims  = 1024
	claimRetry = time.Minute // after a failed refresh; that of a prefix is doubled with each further one
	maxDoubled = 4           // times
)

// learn takes in what came of asking for prefix asked.
func (r *roster) learn(asked netip.Prefix, res Result, err error, now time.Time) {
	had := r.claims[asked]
	if had != nil {
		had.asking = false
	}
	switch {
	case err != nil && Temporary(err):
		if had == nil {
			return
		}
		had.expires = now.Add(claimRetry << min(had.failures, maxDoubled))
		if !had.ofDomain() { // of that kind there is only one
			had.failures++
		}
	case err != nil || len(res.URIs) == 0:
		if had != nil {
			r.drop(had, now)
		}
	default:
		if had != nil && res.Prefix != asked {
			r.drop(had, now)
		}
		r.claim(res, now)
	}
}

// claim makes or renews the claim of a prefix.
func (r *roster) claim(res Result, now time.Time) {
	c := r.claims[res.Prefix]
	if c == nil {
		if len(r.claims) >= maxClaims {
			r.counts.refused.Add(1)
			return
		}
		c = &claim{prefix: res.Prefix}
		r.claims[c.prefix] = c
	}
	r.changed = true
	c.failures = 0
	c.name = res.Name
	c.confirmed = now
	if res.Asked.Before(now) && !res.Asked.IsZero() {
		c.confirmed = res.Asked
	}
	c.expires = now.Add(min(max(res.TTL, claimRetry), r.config.latestRefresh()))
	if c.at > 0 || !slices.Equal(c.uris, res.URIs) {
		// The first one may be well again.
		r.detach(c)
		c.uris, c.at = res.URIs, 0
		r.attach(c, now)
	}
}

// attach hands the claim to the first of its servers that can be had, from the
// one in use on. A claim that nobody takes is dropped.
func (r *roster) attach(c *claim, now time.Time) {
	r.changed = true
	for ; c.at < len(c.uris); c.at++ {
		if s := r.serve(c.uris[c.at], c, now); s != nil {
			s.claims[c.prefix] = true
			return
		}
	}
	r.drop(c, now)
}

// detach takes the claim from its server, if it has one.
func (r *roster) detach(c *claim) {
	if c.at < len(c.uris) {
		if s := r.servers[c.uris[c.at]]; s != nil {
			delete(s.claims, c.prefix)
		}
	}
}

// drop forgets the claim. That of the domain is tried again.
func (r *roster) drop(c *claim, now time.Time) {
	r.detach(c)
	r.changed = true
	if c.ofDomain() {
		*c = claim{expires: now.Add(claimRetry)}
		return
	}
	delete(r.claims, c.prefix)
}

// latestRefresh is how long a claim is not asked for again, at most: there has to be
// time for that before it is too old.
func (c FollowerConfig) latestRefresh() time.Duration { return c.MaxAge / 4 * 3 }

// tooOld tells whether a claim may no longer be used, whatever else happens.
func (c FollowerConfig) tooOld(confirmed, now time.Time) bool { return now.Sub(confirmed) >= c.MaxAge }

// askDomain makes the claim of the domain due.
func (r *roster) askDomain(now time.Time) {
	if c := r.claims[netip.Prefix{}]; c != nil {
		c.expires = now
	}
}

// due returns the prefixes to ask for again: those whose time is over and whose
// server has been of use lately. The others are dropped, and so is what is too old.
func (r *roster) due(now time.Time) []netip.Prefix {
	var list []netip.Prefix
	for _, c := range r.claims {
		if len(c.uris) > 0 && r.config.tooOld(c.confirmed, now) {
			r.config.Log.Warn("what the DNS said of an ALTO server is too old", "domain", c.name, "age", now.Sub(c.confirmed))
			r.drop(c, now)
			continue
		}
		if c.asking || now.Before(c.expires) {
			continue
		}
		if !c.ofDomain() && now.Sub(r.servers[c.uris[c.at]].used) > r.config.Idle {
			r.drop(c, now)
			continue
		}
		list = append(list, c.prefix)
	}
	return list
}

package discovery

import (
	"cmp"
	"net/netip"
	"slices"
	"time"
)

// keeper keeps what the roster knows in a file, so that a restart knows it, too. The
// goroutine that owns the roster owns it.
type keeper struct {
	config FollowerConfig
	roster *roster
	saved  time.Time
	failed bool // the last time
}

// savePeriod is how long changes wait for others before they are saved.
const savePeriod = 10 * time.Second

// restore enters what an earlier run has kept. That whose time is over is asked for at
// once and used meanwhile: it is the best that is known while the DNS does not answer
// (as in RFC 8767 section 4). What is too old is not used; restore returns it, to be
// asked for.
func (k *keeper) restore(now time.Time) (again []netip.Prefix) {
	defer k.prune()
	if k.config.Memory == "" {
		return nil
	}
	list, err := readMemory(k.config.Memory)
	if err != nil {
		k.config.Log.Error("discovered ALTO servers not restored", "error", err)
	}
	for _, m := range list {
		switch {
		case !m.Prefix.IsValid() && !k.config.follows(m.Found):
		case !k.config.tooOld(m.Confirmed, now):
			k.roster.restore(m, now)
		case m.Prefix.IsValid(): // the domain's is asked for anyway
			again = append(again, m.Prefix)
		}
	}
	k.roster.names = nil
	if len(list) > 0 {
		k.config.Log.Info("discovered ALTO servers restored", "servers", len(k.roster.servers), "prefixes", len(k.roster.claims), "too_old", len(again))
	}
	return again
}

// follows tells whether domain may still be that of the operator's network.
func (c FollowerConfig) follows(domain string) bool {
	if c.Domain != "" {
		return domain == qualified(c.Domain)
	}
	return c.Domains != nil
}

// save saves what has changed, if the last time is long ago or this is the last one.
func (k *keeper) save(now time.Time, last bool) {
	if !k.roster.changed || !last && now.Sub(k.saved) < savePeriod {
		return
	}
	k.roster.changed = false
	k.saved = now
	if k.config.Memory != "" {
		err := writeMemory(k.config.Memory, k.roster.remember())
		if err != nil && !k.failed {
			k.config.Log.Error("discovered ALTO servers not saved", "error", err)
		}
		if k.failed = err != nil; k.failed {
			k.roster.changed = true // it is tried again
		}
	}
	k.prune()
}

func (k *keeper) prune() {
	if k.config.Prune == nil {
		return
	}
	uris := make([]string, 0, len(k.roster.servers))
	for uri := range k.roster.servers {
		uris = append(uris, uri)
	}
	slices.Sort(uris)
	k.config.Prune(uris)
}

// remember returns what is to be kept, what was of use last first.
func (r *roster) remember() []remembered {
	list := make([]remembered, 0, len(r.claims))
	used := make(map[netip.Prefix]time.Time, len(r.claims))
	for _, c := range r.claims {
		if c.at >= len(c.uris) {
			continue // that of the domain, not found yet
		}
		s := r.servers[c.uris[c.at]]
		used[c.prefix] = s.used
		list = append(list, remembered{
			Prefix: c.prefix, Found: c.name, URIs: c.uris, At: c.at, Name: s.name,
			Confirmed: c.confirmed.UTC(), Expires: c.expires.UTC(),
		})
	}
	slices.SortFunc(list, func(a, b remembered) int {
		return cmp.Or(used[b.Prefix].Compare(used[a.Prefix]), a.Prefix.Compare(b.Prefix))
	})
	return list
}

// restore makes a claim of what an earlier run has kept, with the server that it had.
// If somebody has set the clock back, it is as good as confirmed now.
func (r *roster) restore(m remembered, now time.Time) {
	if len(r.claims) >= maxClaims {
		return
	}
	c := &claim{prefix: m.Prefix, name: m.Found, uris: m.URIs, at: m.At, confirmed: m.Confirmed, expires: m.Expires}
	if c.confirmed.After(now) {
		c.confirmed = now
	}
	if most := now.Add(r.config.latestRefresh()); c.expires.After(most) {
		c.expires = most
	}
	if r.names == nil {
		r.names = make(map[string]string)
	}
	r.names[m.URIs[m.At]] = m.Name
	r.claims[c.prefix] = c
	r.attach(c, now)
}

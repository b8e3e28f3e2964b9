package scenario

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// checker collects what is wrong with the values of a scenario.
type checker struct{ mistakes []error }

// must notes a mistake unless ok. What could not be read is no second one.
func (c *checker) must(ok bool, key string, value any, want string) {
	read := !slices.ContainsFunc(c.mistakes, func(err error) bool {
		m := (*Mistake)(nil)
		return errors.As(err, &m) && strings.HasPrefix(key+".", m.Key+".")
	})
	if !ok && read {
		c.mistakes = append(c.mistakes, &Mistake{Key: key, Value: fmt.Sprint(value), Want: want})
	}
}

func (c *checker) oneOf(key, value string, allowed ...string) {
	names := slices.DeleteFunc(slices.Clone(allowed), func(s string) bool { return s == "" })
	c.must(slices.Contains(allowed, value), key, fmt.Sprintf("%q", value), "one of "+strings.Join(names, ", "))
}

func (c *checker) share(key string, v float64) { c.must(v >= 0 && v <= 1, key, v, "0 to 1") }

func (c *checker) between(key string, v, low, high int) {
	c.must(v >= low && v <= high, key, v, fmt.Sprintf("%d to %d", low, high))
}

func (c *checker) pattern(key, v string) {
	c.must(checkPattern(v), key, v, "a pattern of names, as pop-* or !pop-*")
}

// check tells what values cannot be, besides the mistakes that reading them showed.
func (s *Scenario) check(mistakes []error) []error {
	c := checker{mistakes}
	c.must(s.About != "", "about", `""`, "a sentence that says what this is")
	c.oneOf("set", s.Set, "design", "confirm")
	c.topology(&s.Topology)
	c.peers(&s.Peers)
	c.access(&s.Access)
	c.swarm(&s.Swarm, s.Peers.Total)
	c.guidance(&s.Map)
	c.client(&s.Client)
	c.must(len(s.Policies) > 0, "policies", "none", "at least one")
	seen := map[string]bool{}
	for i, p := range s.Policies {
		c.must(!seen[p.String()], fmt.Sprintf("policies[%d]", i), p, "each once")
		seen[p.String()] = true
	}
	return c.mistakes
}

func (c *checker) topology(t *Topology) {
	c.must((t.Graph == "") != (t.File == ""), "topology", t.Graph+t.File, "graph or file, one of them")
	c.oneOf("topology.isps", t.ISPs, "", "graph", "each", "one")
	c.between("topology.outside.isps", t.Outside.ISPs, 0, 1000)
	c.between("topology.outside.gateways", t.Outside.Gateways, 0, 100)
	c.share("topology.background", t.Background)
}

func (c *checker) peers(p *Peers) {
	c.between("peers.total", p.Total, 2, 100_000)
	for i, w := range p.Where {
		key := fmt.Sprintf("peers.where[%d]", i)
		c.pattern(key+".at", w.At)
		c.must(w.Share >= 0, key+".share", w.Share, "0 or more")
		c.oneOf(key+".spread", w.Spread, "", "even", "uniform", "zipf", "degree")
		c.must(w.S >= 0 && w.S <= 10, key+".s", w.S, "0 to 10")
		c.oneOf(key+".by", w.By, "", "pid", "isp")
	}
}

func (c *checker) access(a *Access) {
	c.oneOf("access.draw", a.Draw, "", "isp", "pid", "peer")
	c.must(len(a.Classes) > 0, "access.classes", "none", "at least one")
	for _, name := range slices.Sorted(maps.Keys(a.Classes)) {
		k, key := a.Classes[name], "access.classes."+name
		c.must(k.Up > 0, key+".up", float64(k.Up), "more than 0")
		c.must(k.Down > 0, key+".down", float64(k.Down), "more than 0")
		c.must(k.Share >= 0, key+".share", k.Share, "0 or more")
	}
	for i, at := range a.At {
		_, known := a.Classes[at.Class]
		c.pattern(fmt.Sprintf("access.at[%d].at", i), at.At)
		c.must(known, fmt.Sprintf("access.at[%d].class", i), at.Class, "one of "+strings.Join(slices.Sorted(maps.Keys(a.Classes)), ", "))
	}
	c.must(a.Vary >= 0 && a.Vary <= 3, "access.vary", a.Vary, "0 to 3")
}

func (c *checker) swarm(s *Swarm, peers int) {
	c.must(s.File > 0, "swarm.file", int64(s.File), "more than 0")
	c.must(s.Piece >= 16<<10 && s.Piece <= 1<<26, "swarm.piece", int64(s.Piece), "16 KiB to 64 MiB")
	c.between("swarm.seeds", s.Seeds, 0, max(peers-1, 0))
	c.pattern("swarm.seeds_at", s.SeedsAt)
	c.oneOf("swarm.arrivals.kind", s.Arrivals.Kind, "", "flash", "poisson", "decay")
	c.must(s.Arrivals.Kind != "decay" || s.Arrivals.Tau > 0, "swarm.arrivals.tau", s.Arrivals.Tau, "more than 0 with decay")
	c.must(s.Arrivals.Kind == "" || s.Arrivals.Kind == "flash" || s.Arrivals.Over > 0, "swarm.arrivals.over", s.Arrivals.Over, "more than 0")
	c.must(s.Aborts.Sigma >= 0 && s.Aborts.Sigma <= 5, "swarm.aborts.sigma", s.Aborts.Sigma, "0 to 5")
	c.share("swarm.unreachable", s.Unreachable)
	c.must(!s.Stay || s.Seeding == 0, "swarm.seeding", s.Seeding, "none with stay")
	c.pattern("swarm.leave.at", s.Leave.At)
	c.share("swarm.leave.share", s.Leave.Share)
	c.must(s.Announce == 0 || s.Announce >= 1e9, "swarm.announce", s.Announce, "1s or more")
	c.must(s.Until > 0, "swarm.until", s.Until, "more than 0")
}

func (c *checker) guidance(m *Map) {
	c.oneOf("map.costs", m.Costs, "", "hops", "delay", "igp", "price")
	c.oneOf("map.fault", m.Fault, "", "absent", "wrong", "permuted", "inverted", "stale", "poisoned")
	c.share("map.share", m.Share)
	c.between("map.links", m.Links, 0, 1000)
	for i, by := range m.By {
		c.pattern(fmt.Sprintf("map.by[%d]", i), by)
	}
}

func (c *checker) client(k *Client) {
	c.between("client.slots", k.Slots, 0, 1000)
	c.between("client.want", k.Want, 0, 1000)
	c.between("client.connect", k.Connect, 0, 10_000)
	c.between("client.accept", k.Accept, 0, 10_000)
	c.between("client.reask", k.Reask, 0, 10_000)
}

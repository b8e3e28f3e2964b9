package altoclient

import (
	"errors"
	"io"
	"slices"
	"time"
)

// errEarly is about costs of PIDs that the network map does not have yet.
var errEarly = errors.New("the cost map is of a network map yet to come")

// replica is a network map and its costs between updates. Costs must not be used
// once their network map has changed (RFC 8895 section 9.2), nor those whose
// network map has yet to come; so the last maps that agreed, all of them, are
// what readers see, until these do.
type replica struct {
	follower *follower
	limits   Limits
	silence  time.Duration

	network *NetworkMap
	tree    *tree // the document of network, to be patched; nil: to come
	ordered bool  // tree has the prefixes in the server's order

	costs []*costReplica // none if there are none

	split   time.Time // since when they have come no closer to each other; zero if they agree
	missing int       // the least documents of costs that were not of network since they last agreed
	alive   time.Time // when the server was heard last
}

// newReplica begins with the maps in use, or goes on where following ended.
func (f *follower) newReplica() *replica {
	r := f.remote
	if f.replica.holds(r) {
		for i, q := range r.offer.costs {
			f.replica.costs[i].question = q
		}
		return f.replica
	}
	f.replica = &replica{
		follower: f,
		limits:   f.client.config.Limits,
		silence:  f.source.config.Silence,
		network:  r.network.document,
	}
	for i, q := range r.offer.costs {
		f.replica.costs = append(f.replica.costs, &costReplica{
			question: q, document: r.parts[i].document, numbered: r.network.document,
		})
	}
	return f.replica
}

// holds tells whether the maps are those that were fetched last, or that the
// source took over.
func (p *replica) holds(r *remote) bool {
	return p != nil && p.split.IsZero() && p.network == r.network.document &&
		slices.EqualFunc(p.costs, r.parts, func(c *costReplica, part costPart) bool { return c.document == part.document })
}

// networkTag returns the tag to ask for changes since, empty if all is needed.
func (p *replica) networkTag(incremental []string) string {
	if p.tree == nil && slices.Contains(incremental, MediaTypeJSONPatch) {
		return ""
	}
	return p.network.vtag.Tag
}

// costsTag is the same for costs, whose document need not have a tag. What has to be
// asked for is always sent whole first (RFC 8895 section 6.5, RFC 9569 section 6.1).
func (p *replica) costsTag(c *costReplica) string {
	if !p.split.IsZero() || !c.question.full() {
		return ""
	}
	return c.document.vtag.Tag
}

// updateNetwork applies a full replacement or a change of the network map.
func (p *replica) updateNetwork(mediaType string, data io.Reader) error {
	old := p.network
	network, err := p.changeNetwork(mediaType, data)
	if err != nil {
		p.tree = nil // it may be half changed
		return doubt("network map: %w", err)
	}
	p.network = network
	if have, want := p.network.vtag.ResourceID, old.vtag.ResourceID; have != want {
		return doubt("network map: it is %.80q, want %.80q", have, want)
	}
	var got fetched
	if old.vtag == p.network.vtag && !old.sameContent(p.network) {
		got.retags++
	}
	return p.publish(got)
}

func (p *replica) changeNetwork(mediaType string, data io.Reader) (*NetworkMap, error) {
	switch {
	case isMediaType(mediaType, MediaTypeNetworkMap):
		whole, err := readTree(data, p.limits)
		if err != nil {
			return nil, err
		}
		p.tree, p.ordered = whole, true
	case isMediaType(mediaType, MediaTypeMergePatch):
		if p.tree == nil {
			p.tree, p.ordered = networkMapTree(p.network), false
		}
		patch, err := readTree(data, p.limits)
		if err != nil {
			return nil, err
		}
		p.tree.root = mergePatch(p.tree.root, patch.root)
	case isMediaType(mediaType, MediaTypeJSONPatch):
		if p.tree == nil || !p.ordered {
			return nil, errNoBase
		}
		if err := jsonPatch(data, p.tree, p.limits); err != nil {
			return nil, err
		}
	default:
		return nil, errUpdateType(mediaType)
	}
	return p.tree.networkMap(p.network, p.limits)
}

// updateCosts is updateNetwork for one document of costs.
func (p *replica) updateCosts(c *costReplica, mediaType string, data io.Reader) error {
	if err := c.update(mediaType, data, p.network, p.limits); err != nil {
		return doubt("%s: %w", c.question.at.ID, err)
	}
	return p.publish(fetched{})
}

// publish hands the maps on, if they agree.
func (p *replica) publish(got fetched) error {
	p.alive = time.Now()
	if p.wait() {
		return p.overdue(p.alive)
	}
	p.split = time.Time{}
	for _, c := range p.costs {
		if err := c.renumber(p.network); err != nil {
			return doubt("%s: %w", c.question.at.ID, err)
		}
	}
	r := p.follower.remote
	costs := make([]*MultiCostMap, len(p.costs))
	// What the server said of its answers to GET is not about these maps.
	r.network = known[*NetworkMap]{document: p.network, uri: r.network.uri}
	for i, c := range p.costs {
		costs[i] = c.document
		r.parts[i] = costPart{known[*MultiCostMap]{document: c.document, uri: r.parts[i].uri}, p.network}
	}
	if err := r.publish(&got, p.network, costs); err != nil {
		return doubt("%w", err)
	}
	p.follower.source.update(got)
	return nil
}

// wait tells whether costs are yet to come.
func (p *replica) wait() bool {
	missing := 0
	for _, c := range p.costs {
		if c.document.network != p.network.vtag {
			missing++
		}
	}
	if missing > 0 && (p.split.IsZero() || missing < p.missing) {
		p.split, p.missing = p.alive, missing
	}
	return missing > 0
}

// overdue tells that costs have been waited for too long.
func (p *replica) overdue(now time.Time) error {
	if !p.split.IsZero() && now.Sub(p.split) > p.silence {
		return doubt("no costs for network map %v after %v", p.network.vtag, p.silence)
	}
	return nil
}

// heard is called whenever the server has said something.
func (p *replica) heard() error {
	now := time.Now()
	if p.split.IsZero() && now.Sub(p.alive) >= time.Second {
		p.alive = now
		p.follower.source.confirm()
	}
	return p.overdue(now)
}

package altoclient

import (
	"errors"
	"io"
	"slices"
	"time"
)

// errEarly is about costs of PIDs that the network map does not have yet.
var errEarly = errors.New("the cost map is of a network map yet to come")

// pair is a network map and its cost map between updates. A cost map must not be
// used once its network map has changed (RFC 8895 section 9.2), nor one whose
// network map has yet to come; so the last pair that agreed is what readers see,
// until this one does.
type pair struct {
	follower *follower
	limits   Limits
	silence  time.Duration

	network *NetworkMap
	tree    *tree // the document of network, to be patched; nil: to come
	ordered bool  // tree has the prefixes in the server's order

	costs    *CostMap    // nil if there are none
	numbered *NetworkMap // the one that costs was parsed with

	split   time.Time // since when the two do not agree; zero if they do
	alive   time.Time // when the server was heard last
	applied uint64
}

// newPair begins with the maps in use, or goes on where following ended.
func (f *follower) newPair() *pair {
	r := f.remote
	if p := f.pair; p != nil && p.network == r.network.document && p.costs == r.costs.document && p.split.IsZero() {
		return p
	}
	f.pair = &pair{
		follower: f,
		limits:   f.client.config.Limits,
		silence:  f.source.config.Silence,
		network:  r.network.document,
	}
	if r.offer.costs.ID != "" {
		f.pair.costs, f.pair.numbered = r.costs.document, r.network.document
	}
	return f.pair
}

// networkTag returns the tag to ask for changes since, empty if all is needed.
func (p *pair) networkTag(incremental []string) string {
	if p.tree == nil && slices.Contains(incremental, MediaTypeJSONPatch) {
		return ""
	}
	return p.network.vtag.Tag
}

// costsTag is the same for the cost map, whose document need not have a tag.
func (p *pair) costsTag() string {
	if !p.split.IsZero() {
		return ""
	}
	return p.costs.vtag.Tag
}

// updateNetwork applies a full replacement or a change of the network map.
func (p *pair) updateNetwork(mediaType string, data io.Reader) error {
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

func (p *pair) changeNetwork(mediaType string, data io.Reader) (*NetworkMap, error) {
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

// updateCosts is updateNetwork for the cost map.
func (p *pair) updateCosts(mediaType string, data io.Reader) error {
	costs, err := p.changeCosts(mediaType, data)
	if err != nil {
		return doubt("cost map: %w", err)
	}
	if costs.costType != p.costs.costType {
		return doubt("cost map: it is of %v, want %v", costs.costType, p.costs.costType)
	}
	if costs.sameContent(p.costs) && costs.vtag == p.costs.vtag {
		costs = p.costs // an update need not be a change
	}
	p.costs = costs
	return p.publish(fetched{})
}

func (p *pair) changeCosts(mediaType string, data io.Reader) (*CostMap, error) {
	switch {
	case isMediaType(mediaType, MediaTypeCostMap):
		m, err := ParseCostMap(data, p.network, p.limits)
		if err == nil && m.dropped > 0 && m.network != p.network.vtag {
			return nil, errEarly
		}
		p.numbered = p.network
		return m, err
	case isMediaType(mediaType, MediaTypeMergePatch):
		edit := editCosts(p.costs, p.limits)
		if err := edit.merge(data); err != nil {
			return nil, err
		}
		return edit.finish()
	case isMediaType(mediaType, MediaTypeJSONPatch):
		edit := editCosts(p.costs, p.limits)
		if err := jsonPatch(data, edit, p.limits); err != nil {
			return nil, err
		}
		return edit.finish()
	}
	return nil, errUpdateType(mediaType)
}

// publish hands the maps on, if they agree.
func (p *pair) publish(got fetched) error {
	p.applied++
	p.alive = time.Now()
	if p.costs != nil && p.costs.network != p.network.vtag {
		if p.split.IsZero() {
			p.split = p.alive
		}
		return nil
	}
	p.split = time.Time{}
	if err := p.renumber(); err != nil {
		return err
	}
	r := p.follower.remote
	// What the server said of its answers to GET is not about these maps.
	r.network = known[*NetworkMap]{document: p.network, uri: r.network.uri}
	if p.costs != nil {
		r.costs = known[*CostMap]{document: p.costs, uri: r.costs.uri}
	}
	if err := r.publish(&got, p.network, p.costs); err != nil {
		return doubt("%w", err)
	}
	p.follower.source.update(got)
	return nil
}

// renumber gives the costs the numbers of the network map, if nothing is lost by
// it: what a patch says of PIDs that the network map does not have may matter to
// the next one.
func (p *pair) renumber() error {
	if p.costs == nil {
		return nil
	}
	if p.costs.dropped > 0 && !slices.Equal(p.numbered.names, p.network.names) {
		return doubt("cost map: costs of PIDs that the network map did not have then are lost")
	}
	if slices.Equal(p.costs.pids.names, p.network.names) {
		return nil
	}
	if m := p.costs.renumbered(p.network); m.dropped == p.costs.dropped {
		p.costs, p.numbered = m, p.network
	}
	return nil
}

// heard is called whenever the server has said something.
func (p *pair) heard() error {
	now := time.Now()
	switch {
	case !p.split.IsZero() && now.Sub(p.split) > p.silence:
		return doubt("no cost map for network map %v after %v", p.network.vtag, p.silence)
	case p.split.IsZero() && now.Sub(p.alive) >= time.Second:
		p.alive = now
		p.follower.source.confirm()
	}
	return nil
}

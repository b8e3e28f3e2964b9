package altoclient

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/url"
	"time"
)

// fetched is what one refresh brought.
type fetched struct {
	// snapshot is the best there is, the one at hand if nothing has changed. It
	// may come together with an error: a network map whose cost map failed.
	snapshot      *Snapshot
	fresh         freshness // of the document that goes stale first
	skews, retags uint64    // see Status
	problems      []error   // of the directory
	idle          bool      // there was no reason to fetch anything
}

// remote fetches from an ALTO server. It remembers what it fetched last, so that
// it can ask whether that is still right.
type remote struct {
	client     *Client
	directory  string
	networkMap string // id; empty: the default one
	config     SnapshotConfig
	network    known[*NetworkMap]
	costs      known[*CostMap]
	current    *Snapshot
	offer      updateOffer // of the pair of maps above

	// What follows is used if the operator has weighed cost types.
	weights []CostWeight
	parts   map[CostType]part
	columns []CostColumn
	plan    *CostPlan
}

// known is the version at hand of one document.
type known[T any] struct {
	document T
	uri      string
	validators
}

// The pair is fetched anew this often before the old pair is kept: a server that
// changes its maps between our two requests agrees with itself at the next try.
const (
	pairRounds = 3
	pairPause  = 100 * time.Millisecond // at least; grows with the rounds
)

// fetch follows the directory to a network map and its routingcost cost map. With
// bypass it asks for everything anew, caches on the way included.
func (r *remote) fetch(ctx context.Context, bypass bool) (fetched, error) {
	var f fetched
	r.offer = updateOffer{}
	where := &closure{client: r.client}
	dir, err := where.fetch(ctx, r.directory)
	if err != nil {
		return f, err
	}
	f.fresh = where.fresh
	f.problems = dir.Problems
	networkAt, err := dir.networkMap(r.networkMap)
	if err != nil {
		return f, err
	}
	network, err := r.fetchNetwork(ctx, networkAt.URI, bypass, &f)
	if err != nil {
		return f, err
	}
	if len(r.weights) > 0 {
		return f, r.fetchPlan(ctx, dir, networkAt, network, bypass, &f)
	}
	costsAt, offered := dir.CostMap(networkAt.ID, RoutingCost)
	if at, costType, ok := dir.filteredRoutingCost(networkAt.ID); ok && r.tooLarge(network) {
		return f, r.fetchRows(ctx, networkAt, at, costType, network, bypass, &f)
	}
	r.offer = dir.updates(networkAt, costsAt)
	if !offered {
		return f, r.publish(&f, network, nil)
	}
	network, costs, err := r.fetchPair(ctx, networkAt.URI, costsAt.URI, network, bypass, &f)
	if err != nil {
		if r.current == nil || r.current.costs == nil {
			// Half the guidance beats none.
			return f, errors.Join(err, r.publish(&f, network, nil))
		}
		return f, err
	}
	return f, r.publish(&f, network, costs)
}

// fetchPair gets the cost map that belongs to network or, if the server has
// moved on, another network map with its cost map.
func (r *remote) fetchPair(ctx context.Context, networkAt, costsAt string, network *NetworkMap, bypass bool, f *fetched) (*NetworkMap, *CostMap, error) {
	for round := range pairRounds {
		costs, err := r.fetchCosts(ctx, costsAt, network, bypass || round > 0, f)
		if err != nil {
			return network, nil, err
		}
		if costs.network == network.vtag {
			return network, costs, nil
		}
		f.skews++
		if err := pause(ctx, round); err != nil {
			return network, nil, err
		}
		if network, err = r.fetchNetwork(ctx, networkAt, true, f); err != nil {
			return network, nil, err
		}
		// Costs that the network map before did not have PIDs for are lost.
		if costs.network == network.vtag && costs.dropped == 0 {
			return network, costs, nil
		}
	}
	return network, nil, fmt.Errorf("network map %v and its cost map after %d rounds: %w", network.vtag, pairRounds, ErrSkew)
}

func pause(ctx context.Context, round int) error {
	d := pairPause << round
	timer := time.NewTimer(d + rand.N(d))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

func (r *remote) fetchNetwork(ctx context.Context, uri string, bypass bool, f *fetched) (*NetworkMap, error) {
	req := request{uri: uri, mediaType: MediaTypeNetworkMap, bypass: bypass}
	if r.network.uri == uri && !bypass {
		req.known = r.network.validators
	}
	var m *NetworkMap
	reply, err := r.client.get(ctx, req, r.client.readNetworkMap(&m))
	if err != nil {
		return r.network.document, fmt.Errorf("network map: %w", err)
	}
	f.fresh = f.fresh.earlier(reply.fresh)
	if reply.unchanged {
		return r.network.document, nil
	}
	if old := r.network.document; old != nil {
		same := old.sameMeaning(m)
		if same && old.vtag == m.vtag {
			m = old
		} else if !same && old.vtag == m.vtag {
			f.retags++
		}
	}
	if m != r.network.document {
		// The cost map at hand has the numbers of the old network map.
		r.costs.validators = validators{}
	}
	r.network = known[*NetworkMap]{m, uri, reply.validators}
	return m, nil
}

func (r *remote) fetchCosts(ctx context.Context, uri string, network *NetworkMap, bypass bool, f *fetched) (*CostMap, error) {
	req := request{uri: uri, mediaType: MediaTypeCostMap, bypass: bypass}
	if r.costs.uri == uri && !bypass {
		req.known = r.costs.validators
	}
	var m *CostMap
	read := r.client.readCostMap(&m, network)
	reply, err := r.client.get(ctx, req, func(body io.Reader, base *url.URL) error {
		if err := read(body, base); err != nil {
			return err
		}
		if m.costType.Metric != RoutingCost { // whatever the directory says
			return &ParseError{
				Path: "/meta/cost-type/cost-metric",
				Err:  fmt.Errorf("want %s, have %.40q", RoutingCost, m.costType.Metric),
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("cost map: %w", err)
	}
	f.fresh = f.fresh.earlier(reply.fresh)
	if reply.unchanged {
		return r.costs.document, nil
	}
	if m.sameContent(r.costs.document) {
		m = r.costs.document
	}
	r.costs = known[*CostMap]{m, uri, reply.validators}
	return m, nil
}

// publish makes a Snapshot, unless the one at hand says the same.
func (r *remote) publish(f *fetched, network *NetworkMap, costs *CostMap) error {
	if s := r.current; s != nil && s.network == network && s.costs == costs {
		f.snapshot = s
		return nil
	}
	s, err := NewSnapshot(network, costs, r.config)
	if err != nil {
		return err
	}
	r.current, f.snapshot = s, s
	return nil
}

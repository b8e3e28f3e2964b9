package altoclient

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
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
	weights    []CostWeight // none: routingcost alone
	updates    UpdateMode   // what costs are to be asked for so that it is possible

	network known[*NetworkMap]
	parts   []costPart  // by question
	offer   updateOffer // of the maps above

	labels   *labelling // nil if no properties are wanted
	directed *Directory // the latest

	current   *Snapshot
	published []*MultiCostMap // the costs of current, with its numbers
	plan      *CostPlan       // of them
}

// Maps fetches the network map and the cost map that a directory leads to, once;
// to keep them, use a [Source]. A network map whose cost map fails is an error.
func (c *Client) Maps(ctx context.Context, directory string) (*Snapshot, error) {
	f, err := (&remote{client: c, directory: directory}).fetch(ctx, false)
	if err != nil {
		return nil, err
	}
	return f.snapshot, nil
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

// fetch fetches the maps, and the properties of their PIDs where they are wanted. With
// bypass it asks for everything anew, caches on the way included.
func (r *remote) fetch(ctx context.Context, bypass bool) (fetched, error) {
	f, err := r.fetchMaps(ctx, bypass)
	if r.labels != nil && f.snapshot != nil {
		r.labels.label(ctx, r.client, r.directed, bypass, &f)
	}
	return f, err
}

// fetchMaps follows the directory to a network map and the costs between its PIDs.
func (r *remote) fetchMaps(ctx context.Context, bypass bool) (fetched, error) {
	var f fetched
	r.offer = updateOffer{}
	where := &closure{client: r.client}
	dir, err := where.fetch(ctx, r.directory)
	if err != nil {
		return f, err
	}
	r.directed, f.fresh, f.problems = dir, where.fresh, slices.Clone(dir.Problems)
	networkAt, err := dir.networkMap(r.networkMap)
	if err != nil {
		return f, err
	}
	network, err := r.fetchNetwork(ctx, networkAt.URI, bypass, &f)
	if err != nil {
		return f, err
	}
	if at, costType, ok := dir.filteredRoutingCost(networkAt.ID); ok && len(r.weights) == 0 && r.tooLarge(network) {
		return f, r.fetchRows(ctx, networkAt, at, costType, network, bypass, &f)
	}
	network, costs, err := r.fetchCosts(ctx, dir, networkAt, network, bypass, &f)
	if err != nil && r.current != nil && r.current.costs != nil {
		return f, err
	}
	// Half the guidance beats none.
	return f, errors.Join(err, r.publish(&f, network, costs))
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
	r.network = known[*NetworkMap]{m, uri, reply.validators}
	return m, nil
}

// publish makes a Snapshot, unless the one at hand says the same.
func (r *remote) publish(f *fetched, network *NetworkMap, costs []*MultiCostMap) error {
	numbered := make([]*MultiCostMap, len(costs))
	for i, m := range costs {
		numbered[i] = m.renumbered(network)
	}
	if err := r.compile(network, numbered); err != nil {
		return err
	}
	f.snapshot = r.current
	if r.plan == nil {
		return nil
	}
	if end := r.plan.End(); !end.IsZero() {
		f.fresh = f.fresh.earlier(freshness{lifetime: max(0, time.Until(end)), known: true})
	}
	return nil
}

// compile makes a Snapshot of maps of the same numbers.
func (r *remote) compile(network *NetworkMap, costs []*MultiCostMap) error {
	old := r.current
	if old != nil && old.network == network && old.inward == nil && slices.EqualFunc(r.published, costs, (*MultiCostMap).same) {
		return nil
	}
	plan, err := r.newPlan(costs)
	if err != nil {
		return err
	}
	var s *Snapshot
	if plan == nil {
		s, err = NewSnapshot(network, nil, r.config)
	} else {
		s, err = NewPlannedSnapshot(network, plan, time.Now(), r.config)
	}
	if err != nil {
		return err
	}
	r.current, r.published, r.plan = s, costs, plan
	return nil
}

// newPlan returns nil if there are no costs.
func (r *remote) newPlan(costs []*MultiCostMap) (*CostPlan, error) {
	var columns []CostColumn
	for _, m := range costs {
		columns = append(columns, m.columns...)
	}
	switch {
	case len(columns) == 0:
		return nil, nil
	case len(r.weights) == 0:
		return NewCostPlan([]CostWeight{{Type: columns[0].Type, Better: LowerBetter}}, columns...)
	}
	return NewCostPlan(r.weights, columns...)
}

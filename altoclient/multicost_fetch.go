package altoclient

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// fetchPlan gets the costs that the operator of the client has weighed, and
// publishes them with the network map that they are about.
func (r *remote) fetchPlan(ctx context.Context, dir *Directory, networkAt Resource, network *NetworkMap, bypass bool, f *fetched) error {
	network, columns, err := r.fetchColumns(ctx, dir, networkAt, network, bypass, f)
	if err != nil {
		if r.current == nil || r.current.costs == nil {
			// Half the guidance beats none.
			return errors.Join(err, r.publish(f, network, nil))
		}
		return err
	}
	if r.current == nil || r.current.network != network || !slices.EqualFunc(r.columns, columns, CostColumn.same) {
		plan, err := NewCostPlan(r.weights, columns...)
		if err != nil {
			return err
		}
		s, err := NewPlannedSnapshot(network, plan, time.Now(), r.config)
		if err != nil {
			return err
		}
		r.current, r.columns, r.plan = s, columns, plan
	}
	f.snapshot = r.current
	if end := r.plan.End(); !end.IsZero() {
		f.fresh = f.fresh.earlier(freshness{lifetime: max(0, time.Until(end)), known: true})
	}
	return nil
}

// fetchColumns gets costs that belong to network or, if the server has moved on,
// to another network map, which it returns with them.
func (r *remote) fetchColumns(ctx context.Context, dir *Directory, networkAt Resource, network *NetworkMap, bypass bool, f *fetched) (*NetworkMap, []CostColumn, error) {
	for round := range pairRounds {
		columns, err := r.columnsOf(ctx, dir, networkAt.ID, network, bypass || round > 0, f)
		if err != nil {
			return network, nil, err
		}
		skewed := slices.ContainsFunc(columns, func(c CostColumn) bool { return c.Slots[0].network != network.vtag })
		if !skewed {
			return network, columns, nil
		}
		f.skews++
		if err := pause(ctx, round); err != nil {
			return network, nil, err
		}
		if network, err = r.fetchNetwork(ctx, networkAt.URI, true, f); err != nil {
			return network, nil, err
		}
	}
	return network, nil, fmt.Errorf("network map %v and its cost maps after %d rounds: %w", network.vtag, pairRounds, ErrSkew)
}

// columnsOf asks for all cost types at once where the server allows that, so that
// they are of one time; else for one after the other.
func (r *remote) columnsOf(ctx context.Context, dir *Directory, networkMap string, network *NetworkMap, bypass bool, f *fetched) ([]CostColumn, error) {
	if at, ok := dir.MultiCostMap(networkMap, r.types()); ok && len(r.weights) > 1 {
		return r.fetchFiltered(ctx, at, r.weights, network, bypass, f)
	}
	var columns []CostColumn
	for i, w := range r.weights {
		column, err := r.fetchColumn(ctx, dir, networkMap, w, network, bypass, f)
		if err != nil {
			return nil, fmt.Errorf("costs[%d]: %w", i, err)
		}
		columns = append(columns, column...)
	}
	return columns, nil
}

func (r *remote) types() []CostType {
	types := make([]CostType, len(r.weights))
	for i, w := range r.weights {
		types[i] = w.Type
	}
	return types
}

// MultiCostMap returns the resource that offers all of the given types at once
// about the network map called networkMap; see [Client.MultiCostMap].
func (d *Directory) MultiCostMap(networkMap string, types []CostType) (Resource, bool) {
	return d.service(MediaTypeCostMap, MediaTypeCostMapFilter, func(r Resource) bool {
		if !slices.Contains(r.Uses, networkMap) || r.MaxCostTypes < len(types) {
			return false
		}
		return !slices.ContainsFunc(types, func(t CostType) bool { return !slices.Contains(r.CostTypes, t) })
	})
}

// CostCalendar returns the resource that offers a calendar of the given type about
// the network map called networkMap; see [Client.MultiCostMap].
func (d *Directory) CostCalendar(networkMap string, t CostType) (Resource, bool) {
	return d.service(MediaTypeCostMap, MediaTypeCostMapFilter, func(r Resource) bool {
		_, ok := r.Calendar(t)
		return ok && slices.Contains(r.Uses, networkMap) && slices.Contains(r.CostTypes, t)
	})
}

// fetchColumn asks for one cost type: as a calendar if that is wanted and
// offered, else as a full map, else as a filtered one that lets all pass.
func (r *remote) fetchColumn(ctx context.Context, dir *Directory, networkMap string, w CostWeight, network *NetworkMap, bypass bool, f *fetched) ([]CostColumn, error) {
	one := []CostWeight{w}
	if at, ok := dir.CostCalendar(networkMap, w.Type); ok && w.Calendar {
		return r.fetchFiltered(ctx, at, one, network, bypass, f)
	}
	if at, ok := dir.fullCostMap(networkMap, w.Type); ok {
		m, err := r.fetchFull(ctx, at.URI, w.Type, network, bypass, f)
		if err != nil {
			return nil, err
		}
		return []CostColumn{NewCostColumn(m)}, nil
	}
	if at, ok := dir.FilteredCostMap(networkMap, w.Type); ok {
		return r.fetchFiltered(ctx, at, one, network, bypass, f)
	}
	return nil, fmt.Errorf("the server does not offer %v about the network map %s", w.Type, networkMap)
}

func (d *Directory) fullCostMap(networkMap string, t CostType) (Resource, bool) {
	i := slices.IndexFunc(d.Resources, func(r Resource) bool {
		return r.Accepts == "" && isMediaType(r.MediaType, MediaTypeCostMap) &&
			slices.Equal(r.CostTypes, []CostType{t}) && slices.Contains(r.Uses, networkMap)
	})
	if i < 0 {
		return Resource{}, false
	}
	return d.Resources[i], true
}

func (r *remote) fetchFiltered(ctx context.Context, at Resource, weights []CostWeight, network *NetworkMap, bypass bool, f *fetched) ([]CostColumn, error) {
	filter := MultiCostFilter{}
	for _, w := range weights {
		_, offered := at.Calendar(w.Type)
		filter.CostTypes = append(filter.CostTypes, w.Type)
		filter.Calendared = append(filter.Calendared, w.Calendar && offered)
	}
	m, fresh, err := r.client.multiCosts(ctx, at, filter, network, bypass)
	if err != nil {
		return nil, err
	}
	f.fresh = f.fresh.earlier(fresh)
	return m.columns, nil
}

// fetchFull gets a full map. It asks whether the one at hand is still right, if
// that has the numbers of network.
func (r *remote) fetchFull(ctx context.Context, uri string, t CostType, network *NetworkMap, bypass bool, f *fetched) (*CostMap, error) {
	req := request{uri: uri, mediaType: MediaTypeCostMap, bypass: bypass}
	old, ok := r.parts[t]
	if ok && old.uri == uri && old.network == network && !bypass {
		req.known = old.validators
	}
	var m *CostMap
	reply, err := r.client.get(ctx, req, r.client.readCostMap(&m, network))
	if err != nil {
		return nil, fmt.Errorf("cost map: %w", err)
	}
	f.fresh = f.fresh.earlier(reply.fresh)
	if reply.unchanged {
		return old.document, nil
	}
	if err := checkCostType(m.costType, t); err != nil {
		return nil, fmt.Errorf("cost map: %s: %w", uri, err)
	}
	if r.parts == nil {
		r.parts = make(map[CostType]part)
	}
	r.parts[t] = part{known[*CostMap]{m, uri, reply.validators}, network}
	return m, nil
}

// part is the version at hand of one of several cost maps, with the network map
// whose numbers it has.
type part struct {
	known[*CostMap]
	network *NetworkMap
}

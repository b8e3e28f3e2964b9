package altoclient

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/url"
	"slices"
)

// A matrix between all PIDs may be larger than Limits.Pairs allows. Then only the
// costs from and to some PIDs are fetched, from a filtered cost map: those PIDs
// are homes, and their requesters are guided by costs. All others are guided by
// the network map alone. This is settled with each refresh, and so never waits
// for an announce.

// tooLarge tells whether a matrix between the PIDs of network is over the limit.
func (r *remote) tooLarge(network *NetworkMap) bool {
	n := len(network.names)
	return n*n > r.client.config.Limits.Pairs
}

// fetchRows gets the costs from and to as many homes as the limit pays for, and
// publishes them with the network map that they are about.
func (r *remote) fetchRows(ctx context.Context, networkAt, at Resource, costType CostType, network *NetworkMap, bypass bool, f *fetched) error {
	for round := range pairRounds {
		rows := rowsFetch{remote: r, uri: at.URI, costType: costType, network: network, bypass: bypass || round > 0, fresh: &f.fresh}
		out, in, err := rows.fetch(ctx, r.homes(network))
		if err == nil {
			return r.publishRows(f, network, out, in)
		}
		if !errors.Is(err, ErrSkew) {
			if r.current == nil || r.current.costs == nil {
				return errors.Join(err, r.publish(f, network, nil))
			}
			return err
		}
		f.skews++
		if err := pause(ctx, round); err != nil {
			return err
		}
		if network, err = r.fetchNetwork(ctx, networkAt.URI, true, f); err != nil {
			return err
		}
	}
	return fmt.Errorf("network map %v and its cost map after %d rounds: %w", network.vtag, pairRounds, ErrSkew)
}

func (d *Directory) filteredRoutingCost(networkMap string) (Resource, CostType, bool) {
	for _, mode := range []string{Numerical, Ordinal} {
		t := CostType{Metric: RoutingCost, Mode: mode}
		if at, ok := d.FilteredCostMap(networkMap, t); ok {
			return at, t, true
		}
	}
	return Resource{}, CostType{}, false
}

// homes returns the PIDs whose requesters are to be guided by costs: the source's
// own ones, those of the most addresses first, as many as the limit pays for.
func (r *remote) homes(network *NetworkMap) []uint32 {
	size := make([]float64, len(network.names))
	for prefix, pid := range network.table.All() {
		bits := float64(prefix.Addr().BitLen() - prefix.Bits())
		if prefix.Addr().Is6() {
			bits = max(0, bits-64) - 32 // a network of 2^64 addresses has one household
		}
		size[pid] += math.Exp2(bits)
	}
	var homes []uint32
	for pid := uint32(1); int(pid) < len(network.names); pid++ {
		ours, err := matches(r.config.Internal, network.names[pid])
		if (err == nil && ours || r.config.Internal == nil) && !network.Default(pid) {
			homes = append(homes, pid)
		}
	}
	slices.SortStableFunc(homes, func(a, b uint32) int {
		switch {
		case size[a] > size[b]:
			return -1
		case size[a] < size[b]:
			return 1
		}
		return 0
	})
	n := r.client.config.Limits.Pairs / (2 * len(network.names))
	return homes[:min(n, len(homes))]
}

func (r *remote) publishRows(f *fetched, network *NetworkMap, out, in *CostMap) error {
	if s := r.current; s != nil && s.network == network && s.inward != nil &&
		s.costs.sameContent(out) && s.inward.sameContent(in) {
		f.snapshot = s
		return nil
	}
	s, err := NewSnapshot(network, out, r.config)
	if err != nil {
		return err
	}
	s.inward = in
	r.current, r.published, r.plan, f.snapshot = s, nil, nil, s
	return nil
}

// rowsFetch gets rows of a cost map, some at a time.
type rowsFetch struct {
	*remote
	uri      string
	costType CostType
	network  *NetworkMap
	bypass   bool
	fresh    *freshness
}

// pairBytes is what a pair of a document takes at most, about: a name and a cost.
const pairBytes = maxName + 16

// fetch returns the costs from homes by source, and to homes by destination.
func (r rowsFetch) fetch(ctx context.Context, homes []uint32) (out, in *CostMap, err error) {
	out, in = NewCostMap(r.network, r.costType), NewCostMap(r.network, r.costType)
	step := max(1, int(r.client.config.Limits.Bytes/2/int64(pairBytes*len(r.network.names))))
	for some := range slices.Chunk(homes, step) {
		for _, m := range []*CostMap{out, in} {
			if err := r.add(ctx, m, some, m == in); err != nil {
				return nil, nil, err
			}
		}
	}
	return out, in, nil
}

// add fetches the rows of some homes into m.
func (r rowsFetch) add(ctx context.Context, m *CostMap, some []uint32, inward bool) error {
	names := make([]string, len(some))
	for i, home := range some {
		names[i] = r.network.names[home]
	}
	filter := CostMapFilter{CostType: r.costType, Srcs: names}
	if inward {
		filter.Srcs, filter.Dsts = nil, names
	}
	var part *CostMap
	reply, err := r.client.get(ctx, request{
		uri: r.uri, mediaType: MediaTypeCostMap, bypass: r.bypass,
		accepts: MediaTypeCostMapFilter, params: filter.AppendJSON(nil),
	}, func(body io.Reader, _ *url.URL) (err error) {
		if part, err = parseCosts(body, r.network, r.client.config.Limits, inward); err != nil {
			return err
		}
		if part.network != r.network.vtag {
			return fmt.Errorf("cost map depends on %v, network map is %v: %w", part.network, r.network.vtag, ErrSkew)
		}
		return checkCostType(part.costType, r.costType)
	})
	if err != nil {
		return fmt.Errorf("cost map: %w", err)
	}
	*r.fresh = r.fresh.earlier(reply.fresh)
	for _, home := range some {
		m.cells += len(part.rows[home])
		m.rows[home] = part.rows[home]
	}
	m.dropped += part.dropped
	return nil
}

package altoserver

import (
	"fmt"
	"net/http"
	"net/netip"
	"slices"

	"github.com/altracker/altracker/altoclient"
)

// endpointCostParams is RFC 7285 section 11.5.1.3.
type endpointCostParams struct {
	costParams
	Endpoints *struct {
		Srcs []string `json:"srcs"`
		Dsts []string `json:"dsts"`
	} `json:"endpoints"`
}

func (s *Server) endpointCosts(w http.ResponseWriter, r *http.Request) {
	set := s.latest().sets[0]
	o := set.endpointOffer()
	if len(o.types) == 0 {
		http.NotFound(w, r)
		return
	}
	body, ok := s.body(w, r, altoclient.MediaTypeEndpointCostsParams)
	if !ok {
		return
	}
	var params endpointCostParams
	fault := decode(body, &params)
	var q question
	if fault == nil {
		q, fault = params.question(o)
	}
	var srcs, dsts []netip.Addr
	if fault == nil {
		srcs, dsts, fault = params.addresses(r.RemoteAddr)
	}
	if fault != nil {
		refuse(w, *fault)
		return
	}
	if len(srcs)*set.width(q) > s.config.MaxPairs/len(dsts) {
		http.Error(w, fmt.Sprintf("more than %d costs", s.config.MaxPairs), http.StatusRequestEntityTooLarge)
		return
	}
	from, to := set.places(srcs), set.places(dsts)
	a := set.answer(q, func(t altoclient.CostType) column { return set.ranks(t, from, to) })
	doc := a.appendMeta(nil, nil, "endpoint-cost-map")
	sendZipped(w, r, altoclient.MediaTypeEndpointCosts, a.appendPairs(doc, from, to))
}

// addresses reads the endpoints. An empty list means the address that the request
// came from; both lists must not be empty.
func (p endpointCostParams) addresses(remote string) (srcs, dsts []netip.Addr, fault *altoclient.ErrorDocument) {
	switch {
	case p.Endpoints == nil:
		return nil, nil, missing("endpoints")
	case len(p.Endpoints.Srcs) == 0 && len(p.Endpoints.Dsts) == 0:
		return nil, nil, missing("endpoints/srcs")
	}
	if srcs, fault = endpoints("endpoints/srcs", p.Endpoints.Srcs); fault != nil {
		return nil, nil, fault
	}
	if dsts, fault = endpoints("endpoints/dsts", p.Endpoints.Dsts); fault != nil {
		return nil, nil, fault
	}
	for _, list := range []*[]netip.Addr{&srcs, &dsts} {
		if len(*list) == 0 {
			asker, err := netip.ParseAddrPort(remote)
			if err != nil {
				return nil, nil, missing("endpoints/srcs") // not a connection of IP
			}
			*list = []netip.Addr{asker.Addr().Unmap().WithZone("")}
		}
	}
	return srcs, dsts, nil
}

// endpointOffer is what the cost maps have, and of each numerical one the ranks,
// too.
func (s *mapSet) endpointOffer() (o offer) {
	for _, t := range s.types() {
		ranks := altoclient.CostType{Metric: t.Metric, Mode: altoclient.Ordinal}
		o.types = append(o.types, t)
		if _, ok := s.cost(ranks); !ok && t.Mode == altoclient.Numerical {
			o.types = append(o.types, ranks)
		}
	}
	o.multi = len(o.types) > 1
	return o
}

// places returns addresses with the PIDs that they are in.
func (s *mapSet) places(addrs []netip.Addr) []end {
	ends := make([]end, len(addrs))
	for i, addr := range addrs {
		ends[i] = newEnd(string(altoclient.AppendEndpoint(nil, addr)), s.network.PID(addr))
	}
	return ends
}

// ranks is the column of a metric that there is no ordinal map of. It numbers the
// different costs of all pairs, the lowest one 1 (RFC 7285 section 6.1.2.2).
func (s *mapSet) ranks(t altoclient.CostType, srcs, dsts []end) column {
	k, _ := s.cost(altoclient.CostType{Metric: t.Metric, Mode: altoclient.Numerical})
	m := k.now()
	var all []float32
	for _, src := range srcs {
		for _, dst := range dsts {
			if cost := m.Cost(src.pid, dst.pid); cost == cost {
				all = append(all, cost)
			}
		}
	}
	slices.Sort(all)
	all = slices.Compact(all)
	return single(m, func(cost float32) float32 {
		i, _ := slices.BinarySearch(all, cost)
		return float32(i + 1)
	})
}

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
	CostType    *costTypeParam `json:"cost-type"`
	Constraints []string       `json:"constraints"`
	Endpoints   *struct {
		Srcs []string `json:"srcs"`
		Dsts []string `json:"dsts"`
	} `json:"endpoints"`
}

func (s *Server) endpointCosts(w http.ResponseWriter, r *http.Request) {
	set := s.content.Load().sets[0]
	offered := set.endpointCostTypes()
	if len(offered) == 0 {
		http.NotFound(w, r)
		return
	}
	body, ok := s.body(w, r, altoclient.MediaTypeEndpointCostsParams)
	if !ok {
		return
	}
	var params endpointCostParams
	fault := decode(body, &params)
	if fault != nil {
		refuse(w, *fault)
		return
	}
	query, keep, fault := params.query(offered, r.RemoteAddr)
	if fault != nil {
		refuse(w, *fault)
		return
	}
	if len(query.Srcs) > s.config.MaxPairs/len(query.Dsts) {
		http.Error(w, fmt.Sprintf("more than %d pairs", s.config.MaxPairs), http.StatusRequestEntityTooLarge)
		return
	}
	sendZipped(w, r, altoclient.MediaTypeEndpointCosts, set.endpointCosts(query, keep).AppendJSON(nil))
}

// query checks the parameters. An empty list means the address that the request
// came from; both lists must not be empty.
func (p endpointCostParams) query(offered []altoclient.CostType, remote string) (q altoclient.EndpointCostQuery, keep func(float32) bool, fault *altoclient.ErrorDocument) {
	if q.CostType, fault = p.CostType.among(offered...); fault != nil {
		return q, nil, fault
	}
	if keep, fault = constraints(p.Constraints); fault != nil {
		return q, nil, fault
	}
	switch {
	case p.Endpoints == nil:
		return q, nil, missing("endpoints")
	case len(p.Endpoints.Srcs) == 0 && len(p.Endpoints.Dsts) == 0:
		return q, nil, missing("endpoints/srcs")
	}
	if q.Srcs, fault = endpoints("endpoints/srcs", p.Endpoints.Srcs); fault != nil {
		return q, nil, fault
	}
	if q.Dsts, fault = endpoints("endpoints/dsts", p.Endpoints.Dsts); fault != nil {
		return q, nil, fault
	}
	for _, list := range []*[]netip.Addr{&q.Srcs, &q.Dsts} {
		if len(*list) == 0 {
			asker, err := netip.ParseAddrPort(remote)
			if err != nil {
				return q, nil, missing("endpoints/srcs") // not a connection of IP
			}
			*list = []netip.Addr{asker.Addr().Unmap().WithZone("")}
		}
	}
	return q, keep, nil
}

// endpointCostTypes is what the cost maps have, and of each numerical one the
// ranks, too.
func (s *mapSet) endpointCostTypes() []altoclient.CostType {
	var types []altoclient.CostType
	for _, m := range s.costs {
		t := m.CostType()
		ranks := altoclient.CostType{Metric: t.Metric, Mode: altoclient.Ordinal}
		types = append(types, t)
		if t.Mode == altoclient.Numerical && s.cost(ranks) == nil {
			types = append(types, ranks)
		}
	}
	return types
}

// endpointCosts answers with the costs between the PIDs of the addresses; keep,
// if not nil, tells which to leave in.
func (s *mapSet) endpointCosts(q altoclient.EndpointCostQuery, keep func(float32) bool) *altoclient.EndpointCosts {
	answer := altoclient.NewEndpointCosts(q.CostType)
	number := func(cost float32) float32 { return cost }
	m := s.cost(q.CostType)
	if m == nil {
		m = s.cost(altoclient.CostType{Metric: q.CostType.Metric, Mode: altoclient.Numerical})
		number = s.ranks(m, q)
	}
	s.eachPair(m, q, func(src, dst netip.Addr, cost float32) {
		if cost = number(cost); keep == nil || keep(cost) {
			_ = answer.Set(src, dst, cost) // the cost map had it, and ranks are whole
		}
	})
	return answer
}

// ranks numbers the different costs that q asks for, the lowest one 1 (RFC 7285
// section 6.1.2.2).
func (s *mapSet) ranks(m *altoclient.CostMap, q altoclient.EndpointCostQuery) func(float32) float32 {
	var all []float32
	s.eachPair(m, q, func(_, _ netip.Addr, cost float32) { all = append(all, cost) })
	slices.Sort(all)
	all = slices.Compact(all)
	return func(cost float32) float32 {
		i, _ := slices.BinarySearch(all, cost)
		return float32(i + 1)
	}
}

// eachPair calls use for each pair of addresses whose cost is defined.
func (s *mapSet) eachPair(m *altoclient.CostMap, q altoclient.EndpointCostQuery, use func(src, dst netip.Addr, cost float32)) {
	for _, src := range q.Srcs {
		for _, dst := range q.Dsts {
			cost := m.Cost(s.network.PID(src), s.network.PID(dst))
			if cost == cost { // not undefined
				use(src, dst, cost)
			}
		}
	}
}

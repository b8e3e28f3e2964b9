package altoserver

import (
	"net/http"

	"github.com/gorilla/mux"

	"github.com/altracker/altracker/altoclient"
)

// networkMapFilter is RFC 7285 section 11.3.1.3.
type networkMapFilter struct {
	PIDs         *[]string `json:"pids"`
	AddressTypes []string  `json:"address-types"`
}

func (s *Server) filterNetworkMap(w http.ResponseWriter, r *http.Request) {
	set := s.content.Load().set(mux.Vars(r)["map"])
	if set == nil {
		http.NotFound(w, r)
		return
	}
	body, ok := s.body(w, r, altoclient.MediaTypeNetworkMapFilter)
	if !ok {
		return
	}
	var filter networkMapFilter
	if fault := decode(body, &filter); fault != nil {
		refuse(w, *fault)
		return
	}
	if filter.PIDs == nil {
		refuse(w, altoclient.ErrorDocument{Code: altoclient.CodeMissingField, Field: "pids"})
		return
	}
	v4, v6 := len(filter.AddressTypes) == 0, len(filter.AddressTypes) == 0
	for _, t := range filter.AddressTypes {
		v4 = v4 || t == "ipv4"
		v6 = v6 || t == "ipv6"
	}
	sendZipped(w, r, altoclient.MediaTypeNetworkMap, set.network.AppendFiltered(nil, set.numbers(*filter.PIDs), v4, v6))
}

// costMapFilter is RFC 7285 section 11.3.2.3.
type costMapFilter struct {
	CostType    *costTypeParam `json:"cost-type"`
	Constraints []string       `json:"constraints"`
	PIDs        struct {
		Srcs []string `json:"srcs"`
		Dsts []string `json:"dsts"`
	} `json:"pids"`
}

func (s *Server) filterCostMap(w http.ResponseWriter, r *http.Request) {
	vars := mux.Vars(r)
	set := s.content.Load().set(vars["map"])
	var m *altoclient.CostMap
	if set != nil {
		m = set.cost(altoclient.CostType{Metric: vars["metric"], Mode: longMode(vars["mode"])})
	}
	if m == nil {
		http.NotFound(w, r)
		return
	}
	body, ok := s.body(w, r, altoclient.MediaTypeCostMapFilter)
	if !ok {
		return
	}
	var filter costMapFilter
	if fault := decode(body, &filter); fault != nil {
		refuse(w, *fault)
		return
	}
	if _, fault := filter.CostType.among(m.CostType()); fault != nil {
		refuse(w, *fault)
		return
	}
	keep, fault := constraints(filter.Constraints)
	if fault != nil {
		refuse(w, *fault)
		return
	}
	sendZipped(w, r, altoclient.MediaTypeCostMap,
		m.AppendFiltered(nil, set.numbers(filter.PIDs.Srcs), set.numbers(filter.PIDs.Dsts), keep))
}

// numbers returns the PIDs that have the names, each once; nil, which means all,
// if there are no names. Names that are not known are ignored (RFC 7285 section
// 11.3.1.6).
func (s *mapSet) numbers(names []string) []uint32 {
	if len(names) == 0 {
		return nil
	}
	pids := make([]uint32, 0, len(names))
	seen := make(map[uint32]bool)
	for _, name := range names {
		if pid, ok := s.pids[name]; ok && !seen[pid] {
			seen[pid] = true
			pids = append(pids, pid)
		}
	}
	return pids
}

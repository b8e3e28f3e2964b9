package altoserver

import (
	"net/http"
	"slices"

	"github.com/gorilla/mux"

	"github.com/altracker/altracker/altoclient"
)

// networkMapFilter is RFC 7285 section 11.3.1.3.
type networkMapFilter struct {
	PIDs         *[]string `json:"pids"`
	AddressTypes []string  `json:"address-types"`
}

func (s *Server) filterNetworkMap(w http.ResponseWriter, r *http.Request) {
	set := s.latest().set(mux.Vars(r)["map"])
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
	costParams
	PIDs struct {
		Srcs []string `json:"srcs"`
		Dsts []string `json:"dsts"`
	} `json:"pids"`
}

// filterCostMap answers with costs of the one type that the path names.
func (s *Server) filterCostMap(w http.ResponseWriter, r *http.Request) {
	vars := mux.Vars(r)
	t := altoclient.CostType{Metric: vars["metric"], Mode: longMode(vars["mode"])}
	set := s.latest().set(vars["map"])
	if set == nil || !slices.Contains(set.types(), t) {
		http.NotFound(w, r)
		return
	}
	s.answerCosts(w, r, set, offer{types: []altoclient.CostType{t}})
}

// filterCostMaps answers with costs of any types (RFC 8189 section 4.1).
func (s *Server) filterCostMaps(w http.ResponseWriter, r *http.Request) {
	set := s.latest().set(mux.Vars(r)["map"])
	if set == nil || !set.multi() {
		http.NotFound(w, r)
		return
	}
	s.answerCosts(w, r, set, offer{types: set.types(), multi: true})
}

// multi tells whether there are several cost types to be asked for at once.
func (s *mapSet) multi() bool { return len(s.costs) > 1 }

func (s *Server) answerCosts(w http.ResponseWriter, r *http.Request, set *mapSet, o offer) {
	body, ok := s.body(w, r, altoclient.MediaTypeCostMapFilter)
	if !ok {
		return
	}
	filter, q, fault := readCostMapFilter(body, o)
	if fault != nil {
		refuse(w, *fault)
		return
	}
	sendZipped(w, r, altoclient.MediaTypeCostMap, set.filtered(filter, q))
}

func readCostMapFilter(body []byte, o offer) (filter costMapFilter, q question, fault *altoclient.ErrorDocument) {
	if fault = decode(body, &filter); fault == nil {
		q, fault = filter.question(o)
	}
	return filter, q, fault
}

// filtered returns the part of the cost maps that is asked for.
func (s *mapSet) filtered(filter costMapFilter, q question) []byte {
	a := s.answer(q, nil)
	doc := a.appendMeta(nil, []vtag{tagOf(s.network.VersionTag())}, "cost-map")
	return a.appendPairs(doc, s.ends(filter.PIDs.Srcs), s.ends(filter.PIDs.Dsts))
}

// ends returns the PIDs that have the names; see [mapSet.numbers].
func (s *mapSet) ends(names []string) []end {
	pids := s.numbers(names)
	ends := make([]end, len(pids))
	for i, pid := range pids {
		ends[i] = newEnd(s.network.Name(pid), pid)
	}
	return ends
}

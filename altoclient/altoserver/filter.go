package altoserver

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/altracker/altracker/altoclient"
)

// networkMapFilter is RFC 7285 section 11.3.1.3.
type networkMapFilter struct {
	PIDs         *[]string `json:"pids"`
	AddressTypes []string  `json:"address-types"`
}

func (s *Server) filterNetworkMap(w http.ResponseWriter, r *http.Request) {
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
	c := s.content.Load()
	send(w, altoclient.MediaTypeNetworkMap, http.StatusOK,
		c.network.AppendFiltered(nil, c.numbers(*filter.PIDs), v4, v6))
}

// costMapFilter is RFC 7285 section 11.3.2.3.
type costMapFilter struct {
	CostType *struct {
		Mode   *string `json:"cost-mode"`
		Metric *string `json:"cost-metric"`
	} `json:"cost-type"`
	Constraints []string `json:"constraints"`
	PIDs        struct {
		Srcs []string `json:"srcs"`
		Dsts []string `json:"dsts"`
	} `json:"pids"`
}

func (s *Server) filterCostMap(w http.ResponseWriter, r *http.Request) {
	c := s.content.Load()
	at := strings.TrimSuffix(r.URL.Path, pathFiltered)
	if _, ok := c.pages[at]; !ok {
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
	if fault := filter.check(at); fault != nil {
		refuse(w, *fault)
		return
	}
	keep, fault := constraints(filter.Constraints)
	if fault != nil {
		refuse(w, *fault)
		return
	}
	for _, m := range c.costs {
		if costMapPath(m.CostType()) == at {
			send(w, altoclient.MediaTypeCostMap, http.StatusOK,
				m.AppendFiltered(nil, c.numbers(filter.PIDs.Srcs), c.numbers(filter.PIDs.Dsts), keep))
		}
	}
}

// check tells whether the filter asks for the cost type of the map at path.
func (f *costMapFilter) check(path string) *altoclient.ErrorDocument {
	switch {
	case f.CostType == nil:
		return &altoclient.ErrorDocument{Code: altoclient.CodeMissingField, Field: "cost-type"}
	case f.CostType.Metric == nil:
		return &altoclient.ErrorDocument{Code: altoclient.CodeMissingField, Field: "cost-type/cost-metric"}
	case f.CostType.Mode == nil:
		return &altoclient.ErrorDocument{Code: altoclient.CodeMissingField, Field: "cost-type/cost-mode"}
	}
	metric, mode := *f.CostType.Metric, *f.CostType.Mode
	have := altoclient.CostType{Metric: metric, Mode: mode}
	switch {
	case mode != altoclient.Numerical && mode != altoclient.Ordinal:
		return &altoclient.ErrorDocument{Code: altoclient.CodeInvalidFieldValue, Field: "cost-type/cost-mode", Value: mode}
	case costMapPath(have) == path:
		return nil
	case !strings.HasSuffix(path, "/"+metric):
		return &altoclient.ErrorDocument{Code: altoclient.CodeInvalidFieldValue, Field: "cost-type/cost-metric", Value: metric}
	}
	return &altoclient.ErrorDocument{Code: altoclient.CodeInvalidFieldValue, Field: "cost-type/cost-mode", Value: mode}
}

// constraints returns the conjunction of constraints such as "le 5", nil if
// there are none.
func constraints(texts []string) (keep func(float32) bool, fault *altoclient.ErrorDocument) {
	var all []func(float64) bool
	for _, text := range texts {
		one, ok := constraint(text)
		if !ok {
			return nil, &altoclient.ErrorDocument{Code: altoclient.CodeInvalidFieldValue, Field: "constraints", Value: text}
		}
		all = append(all, one)
	}
	if all == nil {
		return nil, nil
	}
	return func(cost float32) bool {
		for _, one := range all {
			if !one(float64(cost)) {
				return false
			}
		}
		return true
	}, nil
}

func constraint(text string) (func(float64) bool, bool) {
	words := strings.Fields(text)
	if len(words) != 2 {
		return nil, false
	}
	// The costs have been rounded to single precision; so must be what they are
	// compared with, or "eq 0.1" never holds.
	limit, err := strconv.ParseFloat(words[1], 32)
	if err != nil {
		return nil, false
	}
	switch words[0] {
	case "gt":
		return func(c float64) bool { return c > limit }, true
	case "lt":
		return func(c float64) bool { return c < limit }, true
	case "ge":
		return func(c float64) bool { return c >= limit }, true
	case "le":
		return func(c float64) bool { return c <= limit }, true
	case "eq":
		return func(c float64) bool { return c == limit }, true
	}
	return nil, false
}

// numbers returns the PIDs that have the names, each once; nil, which means all,
// if there are no names. Names that are not known are ignored (RFC 7285 section
// 11.3.1.6).
func (c *Content) numbers(names []string) []uint32 {
	if len(names) == 0 {
		return nil
	}
	pids := make([]uint32, 0, len(names))
	seen := make(map[uint32]bool)
	for _, name := range names {
		if pid, ok := c.pids[name]; ok && !seen[pid] {
			seen[pid] = true
			pids = append(pids, pid)
		}
	}
	return pids
}

// decode reads a request; what is wrong with it comes as RFC 7285 section 8.5.2
// wants.
func decode(body []byte, into any) *altoclient.ErrorDocument {
	err := json.Unmarshal(body, into)
	if err == nil {
		return nil
	}
	var semantic *json.SemanticError
	if !errors.As(err, &semantic) {
		return &altoclient.ErrorDocument{Code: altoclient.CodeSyntax, SyntaxError: err.Error()}
	}
	field := strings.TrimPrefix(string(semantic.JSONPointer), "/")
	// An element of the wrong type is an invalid value of the array.
	if i := strings.LastIndexByte(field, '/'); i >= 0 {
		if _, err := strconv.Atoi(field[i+1:]); err == nil {
			return &altoclient.ErrorDocument{
				Code:  altoclient.CodeInvalidFieldValue,
				Field: field[:i],
				Value: valueAt(body, semantic.JSONPointer),
			}
		}
	}
	return &altoclient.ErrorDocument{Code: altoclient.CodeInvalidFieldType, Field: field}
}

// valueAt returns the raw text of the value at place.
func valueAt(body []byte, place jsontext.Pointer) string {
	value := jsontext.Value(body)
	for token := range place.Tokens() {
		var list []jsontext.Value
		var members map[string]jsontext.Value
		if i, err := strconv.Atoi(token); err == nil && json.Unmarshal(value, &list) == nil && i < len(list) {
			value = list[i]
		} else if json.Unmarshal(value, &members) == nil {
			value = members[token]
		}
	}
	return string(value)
}

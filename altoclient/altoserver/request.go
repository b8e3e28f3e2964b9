package altoserver

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/altracker/altracker/altoclient"
)

// costTypeParam is the cost type that a request asks for.
type costTypeParam struct {
	Mode   *string `json:"cost-mode"`
	Metric *string `json:"cost-metric"`
}

// among returns the cost type, or what is wrong if it is not one of those
// offered.
func (p *costTypeParam) among(offered ...altoclient.CostType) (altoclient.CostType, *altoclient.ErrorDocument) {
	switch {
	case p == nil:
		return altoclient.CostType{}, missing("cost-type")
	case p.Metric == nil:
		return altoclient.CostType{}, missing("cost-type/cost-metric")
	case p.Mode == nil:
		return altoclient.CostType{}, missing("cost-type/cost-mode")
	}
	t := altoclient.CostType{Metric: *p.Metric, Mode: *p.Mode}
	if slices.Contains(offered, t) {
		return t, nil
	}
	known := t.Mode == altoclient.Numerical || t.Mode == altoclient.Ordinal
	if known && !slices.ContainsFunc(offered, func(o altoclient.CostType) bool { return o.Metric == t.Metric }) {
		return t, invalid("cost-type/cost-metric", t.Metric)
	}
	return t, invalid("cost-type/cost-mode", t.Mode)
}

// constraints returns the conjunction of constraints such as "le 5", nil if
// there are none.
func constraints(texts []string) (keep func(float32) bool, fault *altoclient.ErrorDocument) {
	var all []altoclient.Constraint
	for _, text := range texts {
		c, err := altoclient.ParseConstraint(text)
		if err != nil {
			return nil, invalid("constraints", text)
		}
		all = append(all, c)
	}
	if all == nil {
		return nil, nil
	}
	return func(cost float32) bool {
		return !slices.ContainsFunc(all, func(c altoclient.Constraint) bool { return !c.Allows(cost) })
	}, nil
}

func missing(field string) *altoclient.ErrorDocument {
	return &altoclient.ErrorDocument{Code: altoclient.CodeMissingField, Field: field}
}

func invalid(field, value string) *altoclient.ErrorDocument {
	return &altoclient.ErrorDocument{Code: altoclient.CodeInvalidFieldValue, Field: field, Value: value}
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
			return invalid(field[:i], valueAt(body, semantic.JSONPointer))
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

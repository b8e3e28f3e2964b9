package altoserver

import (
	"slices"

	"github.com/go-json-experiment/json"

	"github.com/altracker/altracker/altoclient"
)

// costParams is what requests for costs have in common: RFC 7285 sections 11.3.2.3
// and 11.5.1.3, RFC 8189 section 4.1.2, RFC 8896 section 5.1.1.
type costParams struct {
	CostType      *costTypeParam   `json:"cost-type"`
	CostTypes     *[]costTypeParam `json:"multi-cost-types"`
	Testable      *[]costTypeParam `json:"testable-cost-types"`
	Constraints   []string         `json:"constraints"`
	OrConstraints *[][]string      `json:"or-constraints"`
	Calendared    *[]bool          `json:"calendared"`
}

// offer is what a resource of costs is capable of.
type offer struct {
	types []altoclient.CostType
	multi bool // as many of them at once as there are, and tests of one for another
}

// question is a checked request for costs.
type question struct {
	types     []altoclient.CostType
	calendars []bool // by type: the costs of all slots are wanted
	array     bool   // each cost is an array, of one cost for each type
	tested    []altoclient.CostType
	tests     tests
}

// question checks the parameters.
func (p costParams) question(o offer) (q question, fault *altoclient.ErrorDocument) {
	if !o.multi {
		// They mean nothing here (RFC 7285 section 8.3.7).
		p.CostTypes, p.Testable, p.OrConstraints = nil, nil, nil
	}
	if q.array = p.CostTypes != nil; q.array {
		if p.CostType != nil && *p.CostType != (costTypeParam{}) { // an empty one is in an example of RFC 8896
			return q, invalid("multi-cost-types", "")
		}
		q.types, fault = among("multi-cost-types", *p.CostTypes, o.types)
	} else {
		q.types = make([]altoclient.CostType, 1)
		q.types[0], fault = p.CostType.among("cost-type", o.types)
	}
	if fault != nil {
		return q, fault
	}
	q.tested = q.types
	if p.Testable != nil {
		if q.tested, fault = among("testable-cost-types", *p.Testable, o.types); fault != nil {
			return q, fault
		}
	}
	if q.calendars, fault = p.calendars(len(q.types)); fault != nil {
		return q, fault
	}
	if q.tests, fault = p.tests(len(q.tested), o.multi); fault != nil {
		return q, fault
	}
	return q, p.checkTests(q)
}

// calendars returns for each of n cost types whether its calendar is wanted.
func (p costParams) calendars(n int) ([]bool, *altoclient.ErrorDocument) {
	if p.Calendared == nil {
		return make([]bool, n), nil
	}
	if len(*p.Calendared) != n {
		text, _ := json.Marshal(*p.Calendared)
		return nil, invalid("calendared", string(text))
	}
	return *p.Calendared, nil
}

// checkTests refuses tests of what is wanted as a calendar: there is no one cost
// to be tested.
func (p costParams) checkTests(q question) *altoclient.ErrorDocument {
	for _, group := range q.tests {
		for _, t := range group {
			i := slices.Index(q.types, q.tested[t.index])
			if i < 0 || !q.calendars[i] {
				continue
			}
			if p.OrConstraints != nil {
				return invalid("or-constraints", t.text)
			}
			return invalid("constraints", t.text)
		}
	}
	return nil
}

// costTypeParam is a cost type that a request names.
type costTypeParam struct {
	Mode   *string `json:"cost-mode"`
	Metric *string `json:"cost-metric"`
}

// among returns the cost type, or what is wrong if it is not one of those
// offered.
func (p *costTypeParam) among(field string, offered []altoclient.CostType) (altoclient.CostType, *altoclient.ErrorDocument) {
	switch {
	case p == nil:
		return altoclient.CostType{}, missing(field)
	case p.Metric == nil:
		return altoclient.CostType{}, missing(field + "/cost-metric")
	case p.Mode == nil:
		return altoclient.CostType{}, missing(field + "/cost-mode")
	}
	t := altoclient.CostType{Metric: *p.Metric, Mode: *p.Mode}
	if slices.Contains(offered, t) {
		return t, nil
	}
	known := t.Mode == altoclient.Numerical || t.Mode == altoclient.Ordinal
	if known && !slices.ContainsFunc(offered, func(o altoclient.CostType) bool { return o.Metric == t.Metric }) {
		return t, invalid(field+"/cost-metric", t.Metric)
	}
	return t, invalid(field+"/cost-mode", t.Mode)
}

// among returns the cost types of a list: at least one, each once.
func among(field string, list []costTypeParam, offered []altoclient.CostType) ([]altoclient.CostType, *altoclient.ErrorDocument) {
	if len(list) == 0 {
		return nil, invalid(field, "[]")
	}
	types := make([]altoclient.CostType, 0, len(offered))
	for _, p := range list {
		t, fault := p.among(field, offered)
		if fault != nil {
			return nil, fault
		}
		if slices.Contains(types, t) {
			return nil, invalid(field, t.String())
		}
		types = append(types, t)
	}
	return types, nil
}

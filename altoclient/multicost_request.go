package altoclient

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"slices"
)

// MultiCostFilter asks for costs of several types at once (RFC 8189 section
// 4.1.2), for calendars (RFC 8896 section 5.1.1), or for both.
type MultiCostFilter struct {
	CostTypes  []CostType // what is wanted, at least one
	Calendared []bool     // which of them as calendars; none means none
	Srcs, Dsts []string   // PIDs; none means all

	// OrConstraints has predicates such as "[1] le 2", of which all of one group
	// must hold. Their indexes count Testable or, if that is empty, CostTypes.
	// They exclude calendars.
	OrConstraints [][]string
	Testable      []CostType
}

// AppendJSON appends the filter as an application/alto-costmapfilter+json
// document. A single cost type is asked for as RFC 7285 has it.
func (f MultiCostFilter) AppendJSON(b []byte) []byte {
	if len(f.CostTypes) == 1 {
		b = append(b, `{"cost-type":`...)
		b = f.CostTypes[0].appendJSON(b)
	} else {
		b = append(b, `{"multi-cost-types":`...)
		b = appendCostTypes(b, f.CostTypes)
	}
	if slices.Contains(f.Calendared, true) {
		b = append(b, `,"calendared":[`...)
		for i, wanted := range f.Calendared {
			if i > 0 {
				b = append(b, ',')
			}
			b = fmt.Appendf(b, "%t", wanted)
		}
		b = append(b, ']')
	}
	if len(f.Testable) > 0 {
		b = append(b, `,"testable-cost-types":`...)
		b = appendCostTypes(b, f.Testable)
	}
	if len(f.OrConstraints) > 0 {
		b = append(b, `,"or-constraints":[`...)
		for i, group := range f.OrConstraints {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendStrings(b, group)
		}
		b = append(b, ']')
	}
	// There are servers that take an empty list for no PIDs.
	if len(f.Srcs) > 0 || len(f.Dsts) > 0 {
		b = append(b, `,"pids":{"srcs":`...)
		b = appendStrings(b, f.Srcs)
		b = append(b, `,"dsts":`...)
		b = appendStrings(b, f.Dsts)
		b = append(b, '}')
	}
	return append(b, '}')
}

// check compares the filter with what r offers.
func (f MultiCostFilter) check(r Resource) error {
	if len(f.CostTypes) == 0 {
		return fmt.Errorf("%s: no cost type is asked for", r.ID)
	}
	if n := len(f.CostTypes); n > 1 && n > r.MaxCostTypes {
		return fmt.Errorf("%s: offers %d cost types at once, not %d", r.ID, r.MaxCostTypes, n)
	}
	for i, t := range f.CostTypes {
		switch {
		case !t.scalar():
			return fmt.Errorf("%s: cost mode: %w", r.ID, errMode(t))
		case !slices.Contains(r.CostTypes, t):
			return fmt.Errorf("%s: does not offer %v", r.ID, t)
		case slices.Contains(f.CostTypes[:i], t):
			return fmt.Errorf("%s: %v is asked for twice", r.ID, t)
		}
	}
	if n := len(f.Calendared); n != 0 && n != len(f.CostTypes) {
		return fmt.Errorf("%s: %d of calendared for %d cost types", r.ID, n, len(f.CostTypes))
	}
	if slices.Contains(f.Calendared, true) && (len(r.Calendars) == 0 || len(f.OrConstraints) > 0) {
		return fmt.Errorf("%s: calendars are not offered, or not with constraints", r.ID)
	}
	return nil
}

// MultiCostMap fetches costs from a filtered cost map resource. The answer must
// be of the cost types asked for; what comes as a calendar, it says itself. With
// a network map it must depend on that version of it, else the error wraps
// [ErrSkew].
func (c *Client) MultiCostMap(ctx context.Context, r Resource, filter MultiCostFilter, network *NetworkMap) (*MultiCostMap, error) {
	m, _, err := c.multiCosts(ctx, r, filter, network, false)
	if err == nil && network != nil && m.network != network.vtag {
		return nil, fmt.Errorf("cost map depends on %v, network map is %v: %w", m.network, network.vtag, ErrSkew)
	}
	return m, err
}

func (c *Client) multiCosts(ctx context.Context, r Resource, filter MultiCostFilter, network *NetworkMap, bypass bool) (*MultiCostMap, freshness, error) {
	if err := filter.check(r); err != nil {
		return nil, freshness{}, err
	}
	var m *MultiCostMap
	reply, err := c.get(ctx, request{
		uri: r.URI, mediaType: MediaTypeCostMap, bypass: bypass,
		accepts: MediaTypeCostMapFilter, params: filter.AppendJSON(nil),
	}, func(body io.Reader, _ *url.URL) (err error) {
		m, err = ParseMultiCostMap(body, network, r.namedCostTypes(), c.config.Limits)
		if err != nil {
			return err
		}
		return m.checkTypes(filter.CostTypes)
	})
	if err != nil {
		return nil, freshness{}, fmt.Errorf("cost map: %w", err)
	}
	return m, reply.fresh, nil
}

// checkTypes compares what came with what was asked for.
func (m *MultiCostMap) checkTypes(want []CostType) error {
	have := m.types()
	if !slices.Equal(have, want) {
		return &ParseError{Path: "/meta", Err: fmt.Errorf("want the cost types %v, have %v", want, have)}
	}
	return nil
}

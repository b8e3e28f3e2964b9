package altoclient

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"slices"
)

// MultiEndpointCostQuery asks for costs of several types between addresses at once
// (RFC 8189 section 4.2.2), for calendars (RFC 8896 section 5.2.1), or for both.
type MultiEndpointCostQuery struct {
	Costs      MultiCostFilter // its PIDs must be empty
	Srcs, Dsts []netip.Addr    // neither may be empty; see [EndpointCostQuery]
}

// AppendJSON appends the query as an application/alto-endpointcostparams+json
// document.
func (q MultiEndpointCostQuery) AppendJSON(b []byte) []byte {
	b = q.Costs.AppendJSON(b)
	b = append(b[:len(b)-1], `,"endpoints":{"srcs":`...)
	b = appendEndpoints(b, q.Srcs)
	b = append(b, `,"dsts":`...)
	b = appendEndpoints(b, q.Dsts)
	return append(b, "}}"...)
}

func (q MultiEndpointCostQuery) check(r Resource) error {
	switch {
	case len(q.Costs.Srcs)+len(q.Costs.Dsts) > 0:
		return fmt.Errorf("%s: costs between addresses, not PIDs", r.ID)
	case len(q.Srcs) == 0:
		return fmt.Errorf("%s: no sources", r.ID)
	case len(q.Dsts) == 0:
		return fmt.Errorf("%s: no destinations", r.ID)
	}
	return errors.Join(
		checkAddrs(r.ID+": sources", q.Srcs),
		checkAddrs(r.ID+": destinations", q.Dsts),
		q.Costs.check(r),
	)
}

// MultiEndpointCosts asks an endpoint cost resource for several cost types, or for
// calendars. The answer must be of the cost types asked for.
func (c *Client) MultiEndpointCosts(ctx context.Context, r Resource, query MultiEndpointCostQuery) (*MultiCostMap, error) {
	if err := r.checkService(MediaTypeEndpointCosts, MediaTypeEndpointCostsParams); err != nil {
		return nil, err
	}
	if err := query.check(r); err != nil {
		return nil, err
	}
	names := make(map[string]CostType, len(r.CostTypes))
	for i, name := range r.CostTypeNames {
		names[name] = r.CostTypes[i]
	}
	var m *MultiCostMap
	_, err := c.get(ctx, r.post(query.AppendJSON(nil)), func(body io.Reader, _ *url.URL) (err error) {
		if m, err = ParseMultiEndpointCosts(body, names, c.config.Limits); err != nil {
			return err
		}
		return m.checkTypes(query.Costs.CostTypes)
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}

// MultiEndpointCosts returns the resource that knows all of the given types
// between addresses at once; see [Client.MultiEndpointCosts].
func (d *Directory) MultiEndpointCosts(types []CostType) (Resource, bool) {
	return d.service(MediaTypeEndpointCosts, MediaTypeEndpointCostsParams, func(r Resource) bool {
		missing := slices.ContainsFunc(types, func(t CostType) bool { return !slices.Contains(r.CostTypes, t) })
		return !missing && (len(types) == 1 || r.MaxCostTypes >= len(types))
	})
}

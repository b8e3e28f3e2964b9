package altoclient

import (
	"context"
	"fmt"
	"io"
	"net/url"
)

// NetworkMapFilter asks for a part of a network map (RFC 7285 section 11.3.1.3).
type NetworkMapFilter struct {
	PIDs         []string // none means all
	AddressTypes []string // such as ipv4; none means all
}

// AppendJSON appends the filter as an application/alto-networkmapfilter+json
// document.
func (f NetworkMapFilter) AppendJSON(b []byte) []byte {
	b = append(b, `{"pids":`...)
	b = appendStrings(b, f.PIDs)
	if len(f.AddressTypes) > 0 {
		b = append(b, `,"address-types":`...)
		b = appendStrings(b, f.AddressTypes)
	}
	return append(b, '}')
}

// CostMapFilter asks for a part of a cost map (RFC 7285 section 11.3.2.3).
type CostMapFilter struct {
	CostType    CostType
	Constraints []Constraint // all must hold; only where [Resource] allows them
	Srcs, Dsts  []string     // PIDs; none means all
}

// AppendJSON appends the filter as an application/alto-costmapfilter+json
// document.
func (f CostMapFilter) AppendJSON(b []byte) []byte {
	b = append(b, `{"cost-type":`...)
	b = f.CostType.appendJSON(b)
	if len(f.Constraints) > 0 {
		b = append(b, `,"constraints":`...)
		b = appendConstraints(b, f.Constraints)
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

// FilteredNetworkMap fetches a part of a network map from a filtered network map
// resource. It has the version tag of the full map, but does not place addresses
// as that does: what the filter leaves out may be nested in what is there.
func (c *Client) FilteredNetworkMap(ctx context.Context, r Resource, filter NetworkMapFilter) (*NetworkMap, error) {
	if err := r.checkService(MediaTypeNetworkMap, MediaTypeNetworkMapFilter); err != nil {
		return nil, err
	}
	var m *NetworkMap
	_, err := c.get(ctx, r.post(filter.AppendJSON(nil)), c.readNetworkMap(&m))
	return m, err
}

// FilteredCostMap fetches a part of a cost map from a filtered cost map resource.
// The answer must be of the cost type asked for. With a network map, whose PIDs
// the filter is about, it must depend on that version of it, else the error wraps
// [ErrSkew]; without one, PIDs are numbered in the order of their appearance.
func (c *Client) FilteredCostMap(ctx context.Context, r Resource, filter CostMapFilter, network *NetworkMap) (*CostMap, error) {
	if err := r.checkService(MediaTypeCostMap, MediaTypeCostMapFilter); err != nil {
		return nil, err
	}
	if err := r.checkCosts(filter.CostType, filter.Constraints); err != nil {
		return nil, err
	}
	var m *CostMap
	read := c.readCostMap(&m, network)
	_, err := c.get(ctx, r.post(filter.AppendJSON(nil)), func(body io.Reader, base *url.URL) error {
		if err := read(body, base); err != nil {
			return err
		}
		if network != nil && m.network != network.vtag {
			return fmt.Errorf("cost map depends on %v, network map is %v: %w", m.network, network.vtag, ErrSkew)
		}
		return checkCostType(m.costType, filter.CostType)
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}

// checkCostType compares what came with what was asked for: servers have been
// seen to confuse metric and mode.
func checkCostType(have, want CostType) error {
	if have != want {
		return &ParseError{Path: "/meta/cost-type", Err: fmt.Errorf("want %v, have %.80q", want, have.String())}
	}
	return nil
}

package altoclient

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"strconv"
)

// EndpointCostQuery asks for the costs between addresses (RFC 7285 section
// 11.5.1.3). A server learns from it who talks to whom: section 15.4 advises to
// ask for whole maps instead, or for prefixes' first addresses.
type EndpointCostQuery struct {
	CostType    CostType
	Constraints []Constraint // all must hold; only where [Resource] allows them

	// Srcs and Dsts must both be there: for an empty list a server would take the
	// address that the question came from.
	Srcs, Dsts []netip.Addr
}

// AppendJSON appends the query as an application/alto-endpointcostparams+json
// document.
func (q EndpointCostQuery) AppendJSON(b []byte) []byte {
	b = append(b, `{"cost-type":`...)
	b = q.CostType.appendJSON(b)
	if len(q.Constraints) > 0 {
		b = append(b, `,"constraints":`...)
		b = appendConstraints(b, q.Constraints)
	}
	b = append(b, `,"endpoints":{"srcs":`...)
	b = appendEndpoints(b, q.Srcs)
	b = append(b, `,"dsts":`...)
	b = appendEndpoints(b, q.Dsts)
	return append(b, "}}"...)
}

func (q EndpointCostQuery) check(r Resource) error {
	switch {
	case len(q.Srcs) == 0:
		return fmt.Errorf("%s: no sources", r.ID)
	case len(q.Dsts) == 0:
		return fmt.Errorf("%s: no destinations", r.ID)
	}
	return errors.Join(
		checkAddrs(r.ID+": sources", q.Srcs),
		checkAddrs(r.ID+": destinations", q.Dsts),
		r.checkCosts(q.CostType, q.Constraints),
	)
}

// EndpointCosts has costs between addresses (RFC 7285 section 11.5.1.6).
type EndpointCosts struct {
	costType CostType
	rows     []endpointRow
	index    map[netip.Addr]int // of the row, by source
	pairs    int
}

type endpointRow struct {
	src   netip.Addr
	dsts  []netip.Addr // in the order of the document
	costs map[netip.Addr]float32
}

// NewEndpointCosts returns EndpointCosts without any cost, to be filled with
// [EndpointCosts.Set].
func NewEndpointCosts(costType CostType) *EndpointCosts {
	return &EndpointCosts{costType: costType, index: make(map[netip.Addr]int)}
}

// EndpointCosts asks an endpoint cost resource. The answer must be of the cost
// type asked for.
func (c *Client) EndpointCosts(ctx context.Context, r Resource, query EndpointCostQuery) (*EndpointCosts, error) {
	if err := r.checkService(MediaTypeEndpointCosts, MediaTypeEndpointCostsParams); err != nil {
		return nil, err
	}
	if err := query.check(r); err != nil {
		return nil, err
	}
	var m *EndpointCosts
	_, err := c.get(ctx, r.post(query.AppendJSON(nil)), func(body io.Reader, _ *url.URL) (err error) {
		if m, err = ParseEndpointCosts(body, c.config.Limits); err != nil {
			return err
		}
		return checkCostType(m.costType, query.CostType)
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}

// CostType says what the numbers mean.
func (m *EndpointCosts) CostType() CostType { return m.costType }

// Cost returns the cost of traffic from src to dst, NaN if none is stated.
func (m *EndpointCosts) Cost(src, dst netip.Addr) float32 {
	n, ok := m.index[src.Unmap()]
	if !ok {
		return undefined
	}
	cost, ok := m.rows[n].costs[dst.Unmap()]
	if !ok {
		return undefined
	}
	return cost
}

// Len returns how many pairs have a cost.
func (m *EndpointCosts) Len() int { return m.pairs }

// Set defines the cost from src to dst. It fails if the cost mode does not allow
// it.
func (m *EndpointCosts) Set(src, dst netip.Addr, cost float32) error {
	if err := checkCost(cost, m.costType.Mode); err != nil {
		return err
	}
	m.set(m.row(src.Unmap()), dst.Unmap(), cost)
	return nil
}

func (m *EndpointCosts) row(src netip.Addr) *endpointRow {
	n, ok := m.index[src]
	if !ok {
		n = len(m.rows)
		m.index[src] = n
		m.rows = append(m.rows, endpointRow{src: src, costs: make(map[netip.Addr]float32)})
	}
	return &m.rows[n]
}

func (m *EndpointCosts) set(r *endpointRow, dst netip.Addr, cost float32) {
	if _, ok := r.costs[dst]; !ok {
		r.dsts = append(r.dsts, dst)
		m.pairs++
	}
	r.costs[dst] = cost
}

// AppendJSON appends the costs as an application/alto-endpointcost+json document.
func (m *EndpointCosts) AppendJSON(b []byte) []byte {
	b = append(b, `{"meta":{"cost-type":`...)
	b = m.costType.appendJSON(b)
	b = append(b, `},"endpoint-cost-map":{`...)
	for i, row := range m.rows {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '"')
		b = AppendEndpoint(b, row.src)
		b = append(b, `":{`...)
		for j, dst := range row.dsts {
			if j > 0 {
				b = append(b, ',')
			}
			b = append(b, '"')
			b = AppendEndpoint(b, dst)
			b = append(b, `":`...)
			b = strconv.AppendFloat(b, float64(row.costs[dst]), 'g', -1, 32)
		}
		b = append(b, '}')
	}
	return append(b, "}}"...)
}

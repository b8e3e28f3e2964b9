package altoclient

import (
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// ParseEndpointCosts reads an application/alto-endpointcost+json document (RFC
// 7285 section 11.5.1.6). Addresses of other types than ipv4 and ipv6 are
// ignored; an address that comes twice, in whatever spelling, refuses the
// document. The error is a [*ParseError] or, for a reader that fails, has the
// reader's error in its chain.
func ParseEndpointCosts(r io.Reader, limits Limits) (*EndpointCosts, error) {
	limits = limits.withDefaults()
	p := endpointCostParser{document: open(r, limits), limits: limits, costs: NewEndpointCosts(CostType{})}
	if err := p.object(p.member); err != nil {
		return nil, err
	}
	if err := p.close(); err != nil {
		return nil, err
	}
	if err := p.check(); err != nil {
		return nil, err
	}
	return p.costs, nil
}

type endpointCostParser struct {
	*document
	limits Limits
	costs  *EndpointCosts
	sawMap bool
}

func (p *endpointCostParser) member(name []byte) error {
	switch string(name) {
	case "meta":
		return p.object(p.meta)
	case "endpoint-cost-map":
		p.sawMap = true
		return p.object(p.source)
	}
	return p.skip()
}

func (p *endpointCostParser) meta(name []byte) (err error) {
	if string(name) != "cost-type" {
		return p.skip()
	}
	p.costs.costType, err = p.costType()
	return err
}

// source reads the costs from one address.
func (p *endpointCostParser) source(name []byte) error {
	src, err := p.endpoint(name)
	if err != nil {
		return err
	}
	if !src.IsValid() {
		return p.skip()
	}
	if _, ok := p.costs.index[src]; ok {
		return p.duplicate()
	}
	row := p.costs.row(src)
	return p.object(func(name []byte) error {
		dst, err := p.endpoint(name)
		if err != nil {
			return err
		}
		if !dst.IsValid() {
			return p.skip()
		}
		if _, ok := row.costs[dst]; ok {
			return p.duplicate()
		}
		cost, err := p.cost()
		if err == nil {
			p.costs.set(row, dst, cost)
		}
		return err
	})
}

func (p *endpointCostParser) cost() (float32, error) {
	if p.costs.pairs >= p.limits.Pairs {
		return 0, p.errorf("%w", tooMany("pairs", p.limits.Pairs))
	}
	n, err := p.number()
	if err != nil {
		return 0, err
	}
	if err := checkCost(float32(n), Numerical); err != nil {
		return 0, p.errorf("%w", err)
	}
	return float32(n), nil
}

// check is what cannot be checked before the whole document is read.
func (p *endpointCostParser) check() error {
	mode := p.costs.costType.Mode
	switch {
	case p.costs.costType == (CostType{}):
		return missing("/meta/cost-type")
	case !p.sawMap:
		return missing("/endpoint-cost-map")
	case mode != Numerical && mode != Ordinal:
		return &ParseError{
			Path: "/meta/cost-type/cost-mode",
			Err:  fmt.Errorf("want %s or %s, have %.40q", Numerical, Ordinal, mode),
		}
	}
	for _, row := range p.costs.rows {
		for dst, cost := range row.costs {
			if err := checkCost(cost, mode); err != nil {
				place := jsontext.Pointer("/endpoint-cost-map").
					AppendToken(string(AppendEndpoint(nil, row.src))).AppendToken(string(AppendEndpoint(nil, dst)))
				return &ParseError{Path: string(place), Err: err}
			}
		}
	}
	return nil
}

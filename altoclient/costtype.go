package altoclient

import (
	"errors"
	"fmt"

	"github.com/go-json-experiment/json/jsontext"
)

// The cost modes that this package understands: those of RFC 7285 section 6.1.2,
// and the arrays of RFC 9275 section 6.5.2. Other modes exist (RFC 9274); a
// resource that has one is left alone.
const (
	Numerical = "numerical"
	Ordinal   = "ordinal"
	Array     = "array"
)

// RoutingCost is the metric that every ALTO server has: the lower the better,
// without a unit (RFC 7285 section 6.1.1.1).
const RoutingCost = "routingcost"

// CostType says what the numbers of a cost map mean (RFC 7285 section 10.7).
//
// What RFC 9439 section 3.1 adds to it, where the numbers come from, is no part
// of it, because it does not tell cost types apart; see [CostContext].
type CostType struct {
	Metric string
	Mode   string
}

// String returns the type for people, as metric/mode.
func (c CostType) String() string { return c.Metric + "/" + c.Mode }

// scalar tells whether the costs are numbers: RFC 9274 has modes registered that
// have other values.
func (c CostType) scalar() bool { return c.Mode == Numerical || c.Mode == Ordinal }

func (c CostType) complete() bool { return c.Metric != "" && c.Mode != "" }

var errCostType = errors.New("a cost type needs cost-metric and cost-mode")

// CostContext says how the numbers of a metric came to be (RFC 9439 section 3.1).
type CostContext struct {
	Source     string         // nominal, sla or estimation; empty means estimation
	Parameters jsontext.Value // whatever the server says; nil if nothing
}

func (c CostType) appendJSON(b []byte) []byte {
	b = append(b, `{"cost-mode":`...)
	b, _ = jsontext.AppendQuote(b, c.Mode)
	b = append(b, `,"cost-metric":`...)
	b, _ = jsontext.AppendQuote(b, c.Metric)
	return append(b, '}')
}

// appendCostTypes appends a JSON array.
func appendCostTypes(b []byte, types []CostType) []byte {
	b = append(b, '[')
	for i, t := range types {
		if i > 0 {
			b = append(b, ',')
		}
		b = t.appendJSON(b)
	}
	return append(b, ']')
}

func (d *document) costType() (CostType, error) {
	c, _, err := d.costTypeInContext()
	if err == nil && !c.complete() {
		err = d.errorf("%w", errCostType)
	}
	return c, err
}

// costTypeInContext reads a cost type that may be empty, as RFC 8189 section
// 4.1.3 wants it beside multi-cost-types.
func (d *document) costTypeInContext() (c CostType, context CostContext, err error) {
	err = d.object(func(name []byte) (err error) {
		switch string(name) {
		case "cost-metric":
			c.Metric, err = d.str()
		case "cost-mode":
			c.Mode, err = d.str()
		case "cost-context":
			context, err = d.costContext()
		default:
			err = d.skip()
		}
		return err
	})
	return c, context, err
}

func (d *document) costContext() (c CostContext, err error) {
	err = d.object(func(name []byte) (err error) {
		switch string(name) {
		case "cost-source":
			c.Source, err = d.str()
		case "parameters":
			c.Parameters, err = d.raw()
		default:
			err = d.skip()
		}
		return err
	})
	return c, err
}

// raw returns a copy of the value that comes next as it stands.
func (d *document) raw() (jsontext.Value, error) {
	v, err := d.dec.ReadValue()
	if err != nil {
		return nil, d.syntax(err)
	}
	return v.Clone(), nil
}

// costTypes reads an array of one cost type or more, each once.
func (d *document) costTypes() ([]CostType, error) {
	var list []CostType
	seen := make(map[CostType]bool)
	err := d.array(func() error {
		c, err := d.costType()
		switch {
		case err != nil:
			return err
		case seen[c]:
			return d.errorf("cost type %v comes twice", c)
		case len(list) >= maxCostTypes:
			return d.errorf("%w", tooMany("cost types", maxCostTypes))
		}
		seen[c] = true
		list = append(list, c)
		return nil
	})
	if err == nil && len(list) == 0 {
		err = d.errorf("want at least one cost type")
	}
	return list, err
}

// maxCostTypes bounds what one multi-cost map may hold.
const maxCostTypes = 64

// errMode is about a cost type whose values nobody here can read.
func errMode(c CostType) error {
	return fmt.Errorf("want %s or %s, have %.40q", Numerical, Ordinal, c.Mode)
}

package altoclient

import (
	"github.com/go-json-experiment/json/jsontext"
)

// The cost modes of RFC 7285 section 6.1.2. Other modes exist (RFC 9274); a
// resource that has one is left alone.
const (
	Numerical = "numerical"
	Ordinal   = "ordinal"
)

// RoutingCost is the metric that every ALTO server has: the lower the better,
// without a unit (RFC 7285 section 6.1.1.1).
const RoutingCost = "routingcost"

// CostType says what the numbers of a cost map mean (RFC 7285 section 10.7).
type CostType struct {
	Metric string
	Mode   string
}

// String returns the type for people, as metric/mode.
func (c CostType) String() string { return c.Metric + "/" + c.Mode }

func (c CostType) appendJSON(b []byte) []byte {
	b = append(b, `{"cost-mode":`...)
	b, _ = jsontext.AppendQuote(b, c.Mode)
	b = append(b, `,"cost-metric":`...)
	b, _ = jsontext.AppendQuote(b, c.Metric)
	return append(b, '}')
}

func (d *document) costType() (CostType, error) {
	var c CostType
	err := d.object(func(name []byte) (err error) {
		switch string(name) {
		case "cost-metric":
			c.Metric, err = d.str()
		case "cost-mode":
			c.Mode, err = d.str()
		default:
			err = d.skip()
		}
		return err
	})
	if err == nil && (c.Metric == "" || c.Mode == "") {
		err = d.errorf("a cost type needs cost-metric and cost-mode")
	}
	return c, err
}

package altoclient

import (
	"bytes"
	"errors"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// ParseMultiCostMap reads an application/alto-costmap+json document whose costs
// are arrays: of several cost types (RFC 8189), of the slots of a calendar (RFC
// 8896), or of both. A plain cost map is read, too.
//
// A calendar applies to the cost types that it names; names says what the names
// mean in the directory that offers the map, and may be nil where there is only
// one cost type. A cost that is null is undefined. For network and limits see
// [ParseCostMap]; a cost type takes as many cells of Limits.Pairs as a map of its
// own for each slot.
func ParseMultiCostMap(r io.Reader, network *NetworkMap, names map[string]CostType, limits Limits) (*MultiCostMap, error) {
	return parseMultiCosts(r, network, names, limits, "cost-map")
}

// ParseMultiEndpointCosts is ParseMultiCostMap for an
// application/alto-endpointcost+json document (RFC 8189 section 4.2.3, RFC 8896
// section 5.2.2): typed addresses take the place of PIDs.
func ParseMultiEndpointCosts(r io.Reader, names map[string]CostType, limits Limits) (*MultiCostMap, error) {
	return parseMultiCosts(r, nil, names, limits, "endpoint-cost-map")
}

func parseMultiCosts(r io.Reader, network *NetworkMap, names map[string]CostType, limits Limits, field string) (*MultiCostMap, error) {
	limits = limits.withDefaults()
	p := &multiCostParser{
		costMapParser: costMapParser{document: open(r, limits), limits: limits},
		field:         field,
		typeNames:     names,
	}
	if network != nil {
		p.CostMap = &CostMap{pids: newPIDIndex(network.names)}
		p.fixed = true
	} else {
		p.CostMap = &CostMap{pids: newPIDIndex([]string{""})}
	}
	if err := p.object(p.member); err != nil {
		return nil, err
	}
	if err := p.close(); err != nil {
		return nil, err
	}
	if err := p.late(); err != nil {
		return nil, err
	}
	return p.finish()
}

// multiCostParser reads names as a [costMapParser] does; the costs go into
// layers.
type multiCostParser struct {
	costMapParser
	field     string // where the costs are
	typeNames map[string]CostType

	sawMeta bool
	text    jsontext.Value // of meta
	about   costMeta
	shape   costShape
	layers  []*CostMap // one for each number of a cell
	cell    []float32
	raw     []byte   // costs that came before meta, which says how to read them
	from    []uint32 // by destination: the source that it was seen with last
	used    int      // cells
	perPID  int      // cells
}

func (p *multiCostParser) member(name []byte) (err error) {
	switch string(name) {
	case "meta":
		p.sawMeta = true
		if p.text, err = p.document.raw(); err != nil {
			return err
		}
		p.about, err = readCostMeta(p.text, p.typeNames, p.field != "cost-map")
		if err == nil {
			err = p.prepare()
		}
	case p.field:
		p.sawMap = true
		if !p.sawMeta {
			p.raw, err = p.document.raw()
			return err
		}
		err = p.object(p.source)
	default:
		err = p.skip()
	}
	return err
}

// prepare makes room for what meta promises.
func (p *multiCostParser) prepare() error {
	p.shape = p.about.shape()
	p.cell = make([]float32, p.shape.size())
	p.layers = p.about.newLayers(p.pids)
	p.perPID = len(p.layers) * rowHeader
	return p.afford(0)
}

// source reads the costs from one PID.
func (p *multiCostParser) source(name []byte) error {
	src, err := p.endpoint(name)
	if err != nil {
		return err
	}
	if src == 0 {
		return p.object(func([]byte) error { return p.drop() })
	}
	p.last = 0
	var unknown map[string]bool // destinations
	return p.members(func(name []byte) error {
		dst, err := p.endpoint(name)
		switch {
		case err != nil:
			return err
		case dst == 0 && unknown[string(name)], dst != 0 && p.visited(src, dst):
			return p.duplicate()
		case dst == 0:
			if unknown == nil {
				unknown = make(map[string]bool)
			}
			unknown[string(name)] = true
			return p.drop()
		}
		return p.pair(src, dst)
	})
}

// endpoint returns the number of a PID or of a typed address.
func (p *multiCostParser) endpoint(name []byte) (uint32, error) {
	if p.field != "cost-map" {
		if _, err := ParseEndpoint(string(name)); err != nil && !errors.Is(err, errAddressType) {
			return 0, p.errorf("%w", err)
		}
	}
	known := len(p.pids.names)
	n, err := p.pid(name)
	if err == nil && len(p.pids.names) > known {
		err = p.afford(0)
	}
	return n, err
}

// visited tells whether dst was seen with src before, and notes that it is now.
// It relies on sources coming once each.
func (p *multiCostParser) visited(src, dst uint32) bool {
	for int(dst) >= len(p.from) {
		p.from = append(p.from, 0)
	}
	seen := p.from[dst] == src
	p.from[dst] = src
	return seen
}

// drop checks costs that nobody wants.
func (p *multiCostParser) drop() error {
	p.dropped++
	return p.pair(0, 0)
}

// pair reads all that is said of the costs from src to dst.
func (p *multiCostParser) pair(src, dst uint32) error {
	if err := p.shape.read(p.document, p.cell); err != nil || src == 0 || dst == 0 {
		return err
	}
	for i, m := range p.layers {
		if err := p.put(m, src, dst, p.cell[i]); err != nil {
			return err
		}
	}
	return nil
}

func (p *multiCostParser) put(m *CostMap, src, dst uint32, cost float32) error {
	if sameCost(cost, undefined) {
		return nil
	}
	for int(src) >= len(m.rows) {
		m.rows = append(m.rows, nil)
	}
	row := m.rows[src]
	if int(dst) >= len(row) {
		columns := int(dst) + 1
		if p.fixed {
			columns = len(p.pids.names)
		}
		if err := p.afford(columns - len(row)); err != nil {
			return err
		}
		row = m.row(src, columns)
	}
	row[dst] = cost
	return nil
}

// rowHeader is what a row costs before it holds anything, in cells: a slice.
const rowHeader = 6

// afford takes cells from the limit. That pays for the headers of all rows, too.
func (p *multiCostParser) afford(cells int) error {
	p.used += cells
	if p.used+p.perPID*len(p.pids.names) > p.limits.Pairs {
		return p.errorf("%w", tooMany("pairs", p.limits.Pairs))
	}
	return nil
}

// late reads costs that came before meta.
func (p *multiCostParser) late() error {
	if p.raw == nil || !p.sawMeta {
		return nil
	}
	p.document = open(bytes.NewReader(p.raw), p.limits)
	return below("/"+p.field, p.object(p.source))
}

func (p *multiCostParser) finish() (*MultiCostMap, error) {
	switch {
	case !p.sawMeta:
		return nil, missing("/meta")
	case p.about.network == (VersionTag{}) && p.field == "cost-map":
		return nil, missing("/meta/dependent-vtags")
	case !p.sawMap:
		return nil, missing("/" + p.field)
	}
	for _, m := range p.layers {
		for len(m.rows) < len(p.pids.names) {
			m.rows = append(m.rows, nil)
		}
	}
	m := p.about.compose(p.pids, p.layers, p.dropped, p.text)
	if err := m.checkRanks(p.field); err != nil {
		return nil, err
	}
	return m, nil
}

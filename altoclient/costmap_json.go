package altoclient

import (
	"io"
	"math"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// ParseCostMap reads an application/alto-costmap+json document (RFC 7285 section
// 11.2.3.6) straight into a matrix.
//
// With a network map, PIDs have the numbers they have there, and costs of PIDs
// that it does not have are dropped and counted. It need not be the map that the
// document depends on: compare [CostMap.NetworkMap] before use. Without one, PIDs
// are numbered in the order of their appearance.
//
// A cost that is not a finite number refuses the map, as does an ordinal cost
// that is negative or not whole. The error is a [*ParseError] or, for a reader
// that fails, has the reader's error in its chain.
func ParseCostMap(r io.Reader, network *NetworkMap, limits Limits) (*CostMap, error) {
	return parseCosts(r, network, limits, false)
}

func parseCosts(r io.Reader, network *NetworkMap, limits Limits, inward bool) (*CostMap, error) {
	p := costMapParser{limits: limits.withDefaults(), inward: inward}
	p.document = open(r, p.limits)
	if network != nil {
		p.CostMap = NewCostMap(network, CostType{})
		p.fixed = true
	} else {
		p.CostMap = &CostMap{pids: newPIDIndex([]string{""}), rows: make([][]float32, 1)}
	}
	p.network = VersionTag{}
	if err := p.object(p.member); err != nil {
		return nil, err
	}
	if err := p.close(); err != nil {
		return nil, err
	}
	if err := p.check(); err != nil {
		return nil, err
	}
	return p.CostMap, nil
}

type costMapParser struct {
	*document
	*CostMap
	limits Limits
	fixed  bool // the PIDs are given
	sawMap bool
	inward bool   // rows are by destination: wanted are all costs to a few PIDs
	last   uint32 // the PID named last
}

func (p *costMapParser) member(name []byte) error {
	switch string(name) {
	case "meta":
		return p.object(p.meta)
	case "cost-map":
		p.sawMap = true
		return p.object(p.source)
	}
	return p.skip()
}

func (p *costMapParser) meta(name []byte) (err error) {
	switch string(name) {
	case "vtag":
		p.vtag, err = p.versionTag()
	case "dependent-vtags":
		p.network, err = p.dependentVersionTag()
	case "cost-type":
		p.CostMap.costType, p.context, err = p.costTypeInContext()
		if err == nil && !p.CostMap.costType.complete() {
			err = p.errorf("%w", errCostType)
		}
	default:
		err = p.skip()
	}
	return err
}

// source reads the costs from one PID.
func (p *costMapParser) source(name []byte) error {
	src, err := p.pid(name)
	if err != nil {
		return err
	}
	if src == 0 {
		return p.object(func([]byte) error {
			p.dropped++
			_, err := p.cost()
			return err
		})
	}
	p.last = 0
	var unknown map[string]bool // destinations
	return p.members(func(name []byte) error {
		dst, err := p.pid(name)
		if err != nil {
			return err
		}
		if dst == 0 {
			if unknown[string(name)] {
				return p.duplicate()
			}
			if unknown == nil {
				unknown = make(map[string]bool)
			}
			unknown[string(name)] = true
			p.dropped++
		} else if !sameCost(p.at(src, dst), undefined) {
			return p.duplicate()
		}
		cost, err := p.cost()
		if err != nil || dst == 0 {
			return err
		}
		if p.inward {
			return p.put(dst, src, cost)
		}
		return p.put(src, dst, cost)
	})
}

func (p *costMapParser) at(src, dst uint32) float32 {
	if p.inward {
		return p.Cost(dst, src)
	}
	return p.Cost(src, dst)
}

// pid returns the number of a PID, 0 if it is not one of those given.
func (p *costMapParser) pid(name []byte) (uint32, error) {
	// Rows mostly list the PIDs in the order of their numbers.
	if next := p.last + 1; int(next) < len(p.pids.names) && p.pids.names[next] == string(name) {
		p.last = next
		return next, nil
	}
	if pid, ok := p.pids.number[string(name)]; ok {
		p.last = pid
		return pid, nil
	}
	if err := checkName(name); err != nil {
		return 0, p.errorf("%w", err)
	}
	if p.fixed {
		return 0, nil
	}
	pid := uint32(len(p.pids.names))
	if int(pid) > p.limits.PIDs {
		return 0, p.errorf("%w", tooMany("PIDs", p.limits.PIDs))
	}
	p.pids.names = append(p.pids.names, string(name))
	p.pids.number[p.pids.names[pid]] = pid
	p.rows = append(p.rows, nil)
	p.last = pid
	return pid, nil
}

// cost reads one number.
func (d *document) cost() (float32, error) {
	n, err := d.number()
	if err != nil {
		return 0, err
	}
	cost := float32(n)
	if math.IsInf(float64(cost), 0) {
		return 0, d.errorf("cost %g is out of range", n)
	}
	return cost, nil
}

func (p *costMapParser) put(src, dst uint32, cost float32) error {
	row := p.rows[src]
	if int(dst) >= len(row) {
		columns := int(dst) + 1
		if p.fixed {
			columns = len(p.pids.names)
		}
		if p.cells+columns-len(row) > p.limits.Pairs {
			return p.errorf("%w", tooMany("pairs", p.limits.Pairs))
		}
		row = p.row(src, columns)
	}
	row[dst] = cost
	return nil
}

// check is what cannot be checked before the whole document is read, because
// its members may come in any order.
func (p *costMapParser) check() error {
	m := p.CostMap
	switch {
	case m.network == (VersionTag{}):
		return missing("/meta/dependent-vtags")
	case m.costType == (CostType{}):
		return missing("/meta/cost-type")
	case !p.sawMap:
		return missing("/cost-map")
	case !m.costType.scalar():
		return &ParseError{Path: "/meta/cost-type/cost-mode", Err: errMode(m.costType)}
	case m.costType.Mode == Numerical:
		return nil
	}
	return m.checkRanks("cost-map", p.inward)
}

// checkRanks checks an ordinal map; field is where its costs are.
func (m *CostMap) checkRanks(field string, inward bool) error {
	for src, row := range m.rows {
		for dst, cost := range row {
			if sameCost(cost, undefined) {
				continue
			}
			if err := checkCost(cost, Ordinal); err != nil {
				from, to := m.pids.names[src], m.pids.names[dst]
				if inward {
					from, to = to, from
				}
				place := jsontext.Pointer("/" + field).AppendToken(from).AppendToken(to)
				return &ParseError{Path: string(place), Err: err}
			}
		}
	}
	return nil
}

// AppendJSON appends the map as an application/alto-costmap+json document.
// Undefined costs are left out.
func (m *CostMap) AppendJSON(b []byte) []byte {
	b = append(b, `{"meta":{"dependent-vtags":[`...)
	b = m.network.appendJSON(b)
	b = append(b, `],"cost-type":`...)
	b = m.costType.appendJSON(b)
	b = append(b, `},"cost-map":{`...)
	rows := 0
	for src, row := range m.rows {
		if row == nil {
			continue
		}
		if rows++; rows > 1 {
			b = append(b, ',')
		}
		b, _ = jsontext.AppendQuote(b, m.pids.names[src])
		b = append(b, ":{"...)
		b = m.appendRow(b, row)
		b = append(b, '}')
	}
	return append(b, "}}"...)
}

func (m *CostMap) appendRow(b []byte, row []float32) []byte {
	first := true
	for dst, cost := range row {
		if sameCost(cost, undefined) {
			continue
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		b, _ = jsontext.AppendQuote(b, m.pids.names[dst])
		b = append(b, ':')
		b = strconv.AppendFloat(b, float64(cost), 'g', -1, 32)
	}
	return b
}

package altoclient

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
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
// columns.
type multiCostParser struct {
	costMapParser
	field     string // where the costs are
	typeNames map[string]CostType

	columns   []CostColumn
	several   bool // each cost is an array of columns
	calendars []namedCalendar
	sawMeta   bool
	raw       []byte   // costs that came before meta, which says how to read them
	from      []uint32 // by destination: the source that it was seen with last
	used      int      // cells
	perPID    int      // cells
}

type namedCalendar struct {
	names    []string
	calendar Calendar
}

func (p *multiCostParser) member(name []byte) (err error) {
	switch string(name) {
	case "meta":
		p.sawMeta = true
		if err = p.object(p.meta); err == nil {
			err = p.shape()
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

func (p *multiCostParser) meta(name []byte) (err error) {
	switch string(name) {
	case "dependent-vtags":
		if p.field != "cost-map" {
			return p.skip()
		}
		p.network, err = p.dependentVersionTag()
	case "cost-type":
		p.CostMap.costType, p.context, err = p.costTypeInContext()
	case "multi-cost-types":
		p.several = true
		err = p.multiCostTypes()
	case "calendar-response-attributes":
		err = p.array(func() error {
			if len(p.calendars) >= maxCostTypes {
				return p.errorf("%w", tooMany("calendars", maxCostTypes))
			}
			names, c, err := p.responseCalendar()
			p.calendars = append(p.calendars, namedCalendar{names, c})
			return err
		})
	default:
		err = p.skip()
	}
	return err
}

func (p *multiCostParser) multiCostTypes() error {
	types, err := p.costTypes()
	for _, t := range types {
		p.columns = append(p.columns, CostColumn{Type: t})
	}
	return err
}

// shape settles how a cost is written, once meta is complete.
func (p *multiCostParser) shape() error {
	if !p.several {
		if !p.CostMap.costType.complete() {
			return missing("/meta/cost-type")
		}
		p.columns = []CostColumn{{Type: p.CostMap.costType}}
	}
	for i, c := range p.columns {
		if !c.Type.scalar() {
			return &ParseError{Path: p.typePath(i) + "/cost-mode", Err: errMode(c.Type)}
		}
	}
	for i, c := range p.calendars {
		if err := p.apply(c); err != nil {
			return &ParseError{Path: "/meta/calendar-response-attributes/" + strconv.Itoa(i), Err: err}
		}
	}
	slots := 0
	for i := range p.columns {
		c := &p.columns[i]
		n := max(1, c.Calendar.Intervals)
		if slots += n; slots > maxIntervals {
			return p.errorf("%w", tooMany("intervals", maxIntervals))
		}
		for range n {
			c.Slots = append(c.Slots, &CostMap{costType: c.Type, context: p.context, pids: p.pids})
		}
	}
	p.perPID = slots * rowHeader
	return p.afford(0)
}

func (p *multiCostParser) typePath(i int) string {
	if p.several {
		return "/meta/multi-cost-types/" + strconv.Itoa(i)
	}
	return "/meta/cost-type"
}

// apply gives a calendar to the columns that it names.
func (p *multiCostParser) apply(c namedCalendar) error {
	if len(p.columns) == 1 {
		c.names = nil // the directory may call it what it likes
	} else if len(c.names) == 0 && len(p.calendars) > 1 {
		return errors.New("several calendars: want cost-type-names")
	}
	for i := range p.columns {
		column := &p.columns[i]
		named := len(c.names) == 0 || slices.ContainsFunc(c.names, func(name string) bool {
			return p.typeNames[name] == column.Type
		})
		if named && column.Calendar.Intervals == 0 {
			column.Calendar = c.calendar
		}
	}
	for _, name := range c.names {
		if _, ok := p.typeNames[name]; !ok {
			return fmt.Errorf("cost type name %.80q is not known", name)
		}
	}
	return nil
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
	if !p.several {
		return p.column(&p.columns[0], src, dst)
	}
	if err := p.enter(kindArray, "an array of costs"); err != nil {
		return err
	}
	for i := range p.columns {
		if p.dec.PeekKind() == ']' {
			return p.errorf("want %d costs, have %d", len(p.columns), i)
		}
		if err := p.column(&p.columns[i], src, dst); err != nil {
			return err
		}
	}
	return p.end(len(p.columns), "costs")
}

// column reads what is said of one cost type.
func (p *multiCostParser) column(c *CostColumn, src, dst uint32) error {
	if c.Calendar.Intervals == 0 {
		return p.value(c.Slots[0], src, dst)
	}
	if p.dec.PeekKind() == kindNull {
		return p.skip()
	}
	if err := p.enter(kindArray, "the values of a calendar"); err != nil {
		return err
	}
	for i, slot := range c.Slots {
		if p.dec.PeekKind() == ']' {
			return p.errorf("want %d values, have %d", len(c.Slots), i)
		}
		if err := p.value(slot, src, dst); err != nil {
			return err
		}
	}
	return p.end(len(c.Slots), "values")
}

// end leaves an array that must be over.
func (p *multiCostParser) end(want int, what string) error {
	if p.dec.PeekKind() == ']' {
		return p.leave()
	}
	if err := p.skip(); err != nil {
		return err
	}
	return p.errorf("want %d %s, have more", want, what)
}

// value reads one cost.
func (p *multiCostParser) value(m *CostMap, src, dst uint32) error {
	if p.dec.PeekKind() == kindNull {
		return p.skip()
	}
	cost, err := p.cost()
	if err != nil || src == 0 || dst == 0 {
		return err
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

// below gives an error about a value that was read by itself its place in the
// document.
func below(path string, err error) error {
	var wrong *ParseError
	if errors.As(err, &wrong) {
		return &ParseError{Path: path + wrong.Path, Err: wrong.Err}
	}
	return err
}

func (p *multiCostParser) finish() (*MultiCostMap, error) {
	switch {
	case !p.sawMeta:
		return nil, missing("/meta")
	case p.network == (VersionTag{}) && p.field == "cost-map":
		return nil, missing("/meta/dependent-vtags")
	case !p.sawMap:
		return nil, missing("/" + p.field)
	}
	for _, c := range p.columns {
		for _, m := range c.Slots {
			m.network, m.dropped = p.network, p.dropped
			for len(m.rows) < len(p.pids.names) {
				m.rows = append(m.rows, nil)
			}
			if c.Type.Mode != Ordinal {
				continue
			}
			if err := m.checkRanks(p.field, false); err != nil {
				return nil, err
			}
		}
	}
	return &MultiCostMap{network: p.network, pids: p.pids, columns: p.columns, dropped: p.dropped}, nil
}

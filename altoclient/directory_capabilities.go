package altoclient

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// Extensions is what the capabilities of a [Resource] say beyond RFC 7285.
type Extensions struct {
	// CostTypeNames are the names that the directory has for CostTypes, in the
	// same order.
	CostTypeNames []string

	// MaxCostTypes is how many cost types one request may ask for (RFC 8189
	// section 4.1.1); 0 means that only single ones are offered.
	MaxCostTypes int

	// TestableCostTypes is what constraints may be about where CostConstraints
	// is not set (RFC 8189 section 4.1.1).
	TestableCostTypes []CostType

	// Calendars is what is offered as a calendar (RFC 8896 section 4.1).
	Calendars []CalendarOffer

	// Mappings says which properties a property map has, by entity domain (RFC
	// 9240 section 7.4).
	Mappings map[string][]string

	// ANEProperties is what may be asked about the network elements on a path
	// (RFC 9275 section 7.2.4).
	ANEProperties []string

	// IncrementalChanges says in which media types there may be incremental
	// changes, by resource id (RFC 8895 section 6.3, RFC 9569 section 5.2).
	IncrementalChanges map[string][]string

	// StreamControl says that an update stream can be changed while it is open
	// (RFC 8895 section 6.3).
	StreamControl bool
}

// CalendarOffer says which calendar of a cost type a resource has (RFC 8896
// section 4.1).
type CalendarOffer struct {
	CostType  CostType
	Interval  time.Duration
	Intervals int
}

// Calendar returns the calendar of a cost type that the resource offers.
func (r Resource) Calendar(t CostType) (CalendarOffer, bool) {
	i := slices.IndexFunc(r.Calendars, func(c CalendarOffer) bool { return c.CostType == t })
	if i < 0 {
		return CalendarOffer{}, false
	}
	return r.Calendars[i], true
}

// namedCostTypes says what the names of cost types mean that answers of r have.
func (r Resource) namedCostTypes() map[string]CostType {
	names := make(map[string]CostType, len(r.CostTypes))
	for i, name := range r.CostTypeNames {
		names[name] = r.CostTypes[i]
	}
	return names
}

// capabilityNames are the names of cost types that a resource's capabilities
// hold, before they have a meaning: meta may follow resources.
type capabilityNames struct {
	offered, testable []string
	calendars         []calendarNames
}

type calendarNames struct {
	names []string
	time  calendarTime
}

func (p *directoryParser) capabilities(r *Resource) (named capabilityNames, err error) {
	err = p.object(func(name []byte) (err error) {
		switch string(name) {
		case "cost-type-names":
			named.offered, err = p.strings()
		case "cost-constraints":
			r.CostConstraints, err = p.boolean()
		case "prop-types":
			r.Properties, err = p.strings()
		case "max-cost-types":
			r.MaxCostTypes, err = p.count()
		case "testable-cost-type-names":
			named.testable, err = p.strings()
		case "calendar-attributes":
			err = p.array(func() error {
				c, err := p.calendarAttributes()
				named.calendars = append(named.calendars, calendarNames{c.names, c.calendarTime})
				return err
			})
		case "properties":
			r.Properties, err = p.strings()
		case "mappings":
			r.Mappings = make(map[string][]string)
			err = p.object(func(name []byte) (err error) {
				domain := string(name)
				r.Mappings[domain], err = p.strings()
				return err
			})
		case "ane-property-names":
			r.ANEProperties, err = p.strings()
		case "incremental-change-media-types":
			r.IncrementalChanges, err = p.incrementalChanges()
		case "support-stream-control":
			r.StreamControl, err = p.boolean()
		default:
			err = p.skip()
		}
		return err
	})
	return named, err
}

// count reads a whole number, not negative.
func (d *document) count() (int, error) {
	n, err := d.number()
	if err != nil {
		return 0, err
	}
	if n < 0 || n != math.Trunc(n) {
		return 0, d.errorf("%v is not a whole number, or negative", n)
	}
	return int(min(n, math.MaxInt32)), nil
}

// resolveCostTypes gives the names their meaning.
func (p *directoryParser) resolveCostTypes() {
	for i := range p.dir.Resources {
		r, named := &p.dir.Resources[i], p.named[i]
		p.resolveNames(r.ID, named.offered, func(name string, t CostType) {
			r.CostTypes = append(r.CostTypes, t)
			r.CostTypeNames = append(r.CostTypeNames, name)
		})
		p.resolveNames(r.ID, named.testable, func(_ string, t CostType) {
			r.TestableCostTypes = append(r.TestableCostTypes, t)
		})
		for _, c := range named.calendars {
			if err := c.time.check(); err != nil {
				p.problem(r.ID, fmt.Errorf("calendar-attributes: %w", err))
				continue
			}
			p.resolveNames(r.ID, c.names, func(_ string, t CostType) {
				// Only the first one counts (RFC 8896 section 4.1).
				if _, ok := r.Calendar(t); !ok {
					r.Calendars = append(r.Calendars, CalendarOffer{t, c.time.interval(), c.time.intervals})
				}
			})
		}
	}
}

func (p *directoryParser) resolveNames(id string, names []string, use func(string, CostType)) {
	for _, name := range names {
		costType, ok := p.costTypes[name]
		if !ok {
			p.problem(id, fmt.Errorf("cost type %q is not defined", name))
			continue
		}
		use(name, costType)
	}
}

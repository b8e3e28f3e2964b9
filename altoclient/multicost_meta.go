package altoclient

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// costMeta is the meta of a document of costs.
type costMeta struct {
	network, vtag VersionTag
	costType      CostType
	context       CostContext
	several       bool         // each cost is an array of columns
	columns       []CostColumn // without slots
}

// costMetaReader reads the meta of a document that may have several cost types or
// calendars.
type costMetaReader struct {
	*document
	costMeta
	endpoints bool                // the costs are not of PIDs, and so of no network map
	names     map[string]CostType // what the names mean that calendars have
	calendars []namedCalendar
}

type namedCalendar struct {
	names    []string
	calendar Calendar
}

// readCostMeta reads text, which is the value of meta.
func readCostMeta(text jsontext.Value, names map[string]CostType, endpoints bool) (costMeta, error) {
	r := costMetaReader{
		document:  open(bytes.NewReader(text), Limits{Bytes: int64(len(text))}),
		endpoints: endpoints,
		names:     names,
	}
	if err := below("/meta", r.object(r.member)); err != nil {
		return r.costMeta, err
	}
	return r.costMeta, r.settle()
}

func (r *costMetaReader) member(name []byte) (err error) {
	switch string(name) {
	case "vtag":
		r.vtag, err = r.versionTag()
	case "dependent-vtags":
		if r.endpoints {
			return r.skip()
		}
		r.network, err = r.dependentVersionTag()
	case "cost-type":
		r.costMeta.costType, r.context, err = r.costTypeInContext()
	case "multi-cost-types":
		r.several = true
		err = r.multiCostTypes()
	case "calendar-response-attributes":
		err = r.array(func() error {
			if len(r.calendars) >= maxCostTypes {
				return r.errorf("%w", tooMany("calendars", maxCostTypes))
			}
			names, c, err := r.responseCalendar()
			r.calendars = append(r.calendars, namedCalendar{names, c})
			return err
		})
	default:
		err = r.skip()
	}
	return err
}

func (r *costMetaReader) multiCostTypes() error {
	types, err := r.costTypes()
	for _, t := range types {
		r.columns = append(r.columns, CostColumn{Type: t})
	}
	return err
}

// settle is what cannot be known before meta is complete.
func (r *costMetaReader) settle() error {
	if !r.several {
		if !r.costMeta.costType.complete() {
			return missing("/meta/cost-type")
		}
		r.columns = []CostColumn{{Type: r.costMeta.costType}}
	}
	for i, c := range r.columns {
		if !c.Type.scalar() {
			return &ParseError{Path: r.typePath(i) + "/cost-mode", Err: errMode(c.Type)}
		}
	}
	for i, c := range r.calendars {
		if err := r.apply(c); err != nil {
			return &ParseError{Path: "/meta/calendar-response-attributes/" + strconv.Itoa(i), Err: err}
		}
	}
	if n := r.shape().size(); n > maxIntervals {
		return &ParseError{Path: "/meta", Err: tooMany("intervals", maxIntervals)}
	}
	return nil
}

func (r *costMetaReader) typePath(i int) string {
	if r.several {
		return "/meta/multi-cost-types/" + strconv.Itoa(i)
	}
	return "/meta/cost-type"
}

// apply gives a calendar to the columns that it names.
func (r *costMetaReader) apply(c namedCalendar) error {
	if len(r.columns) == 1 {
		c.names = nil // the directory may call it what it likes
	} else if len(c.names) == 0 && len(r.calendars) > 1 {
		return errors.New("several calendars: want cost-type-names")
	}
	for i := range r.columns {
		column := &r.columns[i]
		named := len(c.names) == 0 || slices.ContainsFunc(c.names, func(name string) bool {
			return r.names[name] == column.Type
		})
		if named && column.Calendar.Intervals == 0 {
			column.Calendar = c.calendar
		}
	}
	for _, name := range c.names {
		if _, ok := r.names[name]; !ok {
			return fmt.Errorf("cost type name %.80q is not known", name)
		}
	}
	return nil
}

// shape says how a cost is written.
func (m costMeta) shape() costShape {
	s := costShape{several: m.several}
	for _, c := range m.columns {
		s.slots = append(s.slots, c.Calendar.Intervals)
	}
	return s
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

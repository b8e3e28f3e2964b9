package altoclient

import (
	"bytes"
	"errors"
	"slices"

	"github.com/go-json-experiment/json"
)

// costShape is how a document writes what it says of a pair: as a number, as an
// array of cost types (RFC 8189 section 4.1.3), as the values of a calendar (RFC
// 8896 section 5.1.2), or as an array of such arrays. Here that is a cell: one
// number after the other, NaN for null.
type costShape struct {
	several bool  // an array of cost types, even of one
	slots   []int // by cost type: how many values its calendar has; 0: a number
}

// scalar tells whether a cell is written as a number.
func (s costShape) scalar() bool { return !s.several && s.slots[0] == 0 }

// size returns how many numbers a cell has.
func (s costShape) size() int {
	n := 0
	for _, slots := range s.slots {
		n += max(1, slots)
	}
	return n
}

func (s costShape) equal(o costShape) bool {
	return s.several == o.several && slices.Equal(s.slots, o.slots)
}

// read reads a cell. If it fails, some of it may have been written.
func (s costShape) read(d *document, cell []float32) error {
	if !s.several {
		return d.costs(s.slots[0], cell)
	}
	if err := d.enter(kindArray, "an array of costs"); err != nil {
		return err
	}
	for i, slots := range s.slots {
		if d.dec.PeekKind() == ']' {
			return d.errorf("want %d costs, have %d", len(s.slots), i)
		}
		n := max(1, slots)
		if err := d.costs(slots, cell[:n]); err != nil {
			return err
		}
		cell = cell[n:]
	}
	return d.end(len(s.slots), "costs")
}

// costs reads what is said of one cost type: a number or, with slots, the values
// of a calendar. Null is undefined.
func (d *document) costs(slots int, cell []float32) (err error) {
	if d.dec.PeekKind() == kindNull {
		for i := range cell {
			cell[i] = undefined
		}
		return d.skip()
	}
	if slots == 0 {
		cell[0], err = d.cost()
		return err
	}
	if err := d.enter(kindArray, "the values of a calendar"); err != nil {
		return err
	}
	for i := range cell {
		if d.dec.PeekKind() == ']' {
			return d.errorf("want %d values, have %d", len(cell), i)
		}
		if err := d.costs(0, cell[i:i+1]); err != nil {
			return err
		}
	}
	return d.end(len(cell), "values")
}

// end leaves an array that must be over.
func (d *document) end(want int, what string) error {
	if d.dec.PeekKind() == ']' {
		return d.leave()
	}
	if err := d.skip(); err != nil {
		return err
	}
	return d.errorf("want %d %s, have more", want, what)
}

var errNotCosts = errors.New("a row of costs is an object of numbers")

// value is a cell as encoding/json would decode it.
func (s costShape) value(cell []float32) any {
	if !s.several {
		return costValue(s.slots[0], cell)
	}
	list := make([]any, 0, len(s.slots))
	for _, slots := range s.slots {
		n := max(1, slots)
		list = append(list, costValue(slots, cell[:n]))
		cell = cell[n:]
	}
	return list
}

func costValue(slots int, cell []float32) any {
	switch {
	case slots > 0:
		list := make([]any, slots)
		for i := range list {
			list[i] = costValue(0, cell[i:i+1])
		}
		return list
	case sameCost(cell[0], undefined):
		return nil
	}
	return float64(cell[0])
}

// parse is the reverse of value.
func (s costShape) parse(value any, cell []float32) error {
	if s.scalar() {
		cost, ok := value.(float64)
		if !ok {
			return errNotCosts
		}
		cell[0] = float32(cost)
		return nil
	}
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return s.read(open(bytes.NewReader(text), Limits{Bytes: int64(len(text))}), cell)
}

// sameValue compares what encoding/json has decoded, costs in the precision that
// they are kept in.
func sameValue(a, b any) bool {
	switch a := a.(type) {
	case float64:
		b, ok := b.(float64)
		return ok && float32(a) == float32(b)
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, sameValue)
	}
	return a == nil && b == nil
}

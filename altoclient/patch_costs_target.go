package altoclient

import (
	"errors"
	"maps"
)

// This file makes costEdit a patchTarget. A place below that of a pair, such as
// one slot of a calendar, takes its cell apart; at the end it is put together
// again.

var errPlace = errors.New("a cost map has no such place")

const costMapMember = "cost-map"

func (e *costEdit) inMap(at []string) bool { return len(at) > 0 && at[0] == costMapMember }

func (e *costEdit) get(at []string) (any, error) {
	if !e.inMap(at) {
		return e.rest.get(at)
	}
	switch len(at) {
	case 1:
		return nil, errPlace // to copy or to compare all costs is no change
	case 2:
		return e.row(at[1])
	}
	src, dst, err := e.pair(at)
	if err != nil {
		return nil, err
	}
	cell, err := e.value(src, dst)
	if err != nil {
		return nil, err
	}
	return (&tree{cell}).get(at[3:])
}

func (e *costEdit) row(name string) (any, error) {
	src, err := e.existing(name)
	if err != nil {
		return nil, err
	}
	row := make(map[string]any)
	for dst := range e.pids.names {
		if cell, err := e.value(src, uint32(dst)); err == nil {
			row[e.pids.names[dst]] = cell
		}
	}
	return row, nil
}

// value returns what the document says of a pair.
func (e *costEdit) value(src, dst uint32) (any, error) {
	if cell, ok := e.apart[cellPlace{src, dst}]; ok {
		return cell, nil
	}
	defined := false
	for i, m := range e.layers {
		e.cell[i] = m.Cost(src, dst)
		defined = defined || !sameCost(e.cell[i], undefined)
	}
	if !defined {
		return nil, errNoValue
	}
	return e.old.shape.value(e.cell), nil
}

func (e *costEdit) holds(at []string, value any) (bool, error) {
	if !e.inMap(at) {
		return e.rest.holds(at, value)
	}
	have, err := e.get(at)
	if err != nil {
		return false, err
	}
	row, ok := have.(map[string]any)
	if !ok {
		return sameValue(have, value), nil
	}
	want, ok := value.(map[string]any)
	return ok && maps.EqualFunc(row, want, sameValue), nil
}

func (e *costEdit) add(at []string, value any) error {
	switch {
	case len(at) == 0:
		return errPlace // a whole new document comes as one
	case !e.inMap(at):
		return e.rest.add(at, value)
	}
	switch len(at) {
	case 1:
		return e.addRows(value)
	case 2:
		return e.addRow(at[1], value)
	case 3:
		src, err := e.existing(at[1])
		if err != nil {
			return err
		}
		dst, err := e.pid(at[2])
		if err != nil {
			return err
		}
		return e.putValue(src, dst, value)
	}
	return e.within(at, func(cell *tree) error { return cell.add(at[3:], value) })
}

func (e *costEdit) addRows(value any) error {
	rows, ok := value.(map[string]any)
	if !ok {
		return errNotCosts
	}
	for src := range e.pids.names {
		e.drop(uint32(src))
	}
	for name, row := range rows {
		if err := e.addRow(name, row); err != nil {
			return err
		}
	}
	return nil
}

func (e *costEdit) addRow(name string, value any) error {
	costs, ok := value.(map[string]any)
	if !ok {
		return errNotCosts
	}
	src, err := e.pid(name)
	if err != nil {
		return err
	}
	e.drop(src)
	e.own(src)
	for name, cost := range costs {
		dst, err := e.pid(name)
		if err != nil {
			return err
		}
		if err := e.putValue(src, dst, cost); err != nil {
			return err
		}
	}
	return nil
}

func (e *costEdit) putValue(src, dst uint32, value any) error {
	if err := e.old.shape.parse(value, e.cell); err != nil {
		return err
	}
	e.own(src)
	return e.put(src, dst, e.cell)
}

func (e *costEdit) remove(at []string) error {
	if !e.inMap(at) {
		return e.rest.remove(at)
	}
	switch len(at) {
	case 1:
		for src := range e.pids.names {
			e.drop(uint32(src))
		}
		return nil // what follows must put another one there
	case 2:
		src, err := e.existing(at[1])
		if err != nil {
			return err
		}
		e.drop(src)
		return nil
	case 3:
		src, dst, err := e.pair(at)
		if err != nil {
			return err
		}
		if _, err := e.value(src, dst); err != nil {
			return err
		}
		e.own(src)
		e.undefine(src, dst)
		return nil
	}
	return e.within(at, func(cell *tree) error { return cell.remove(at[3:]) })
}

// within changes something in the cell of a pair.
func (e *costEdit) within(at []string, change func(*tree) error) error {
	if e.old.shape.scalar() {
		return errPlace
	}
	src, dst, err := e.pair(at)
	if err != nil {
		return err
	}
	cell, err := e.value(src, dst)
	if err != nil {
		return err
	}
	whole := &tree{cell}
	if err := change(whole); err != nil {
		return err
	}
	if e.apart == nil {
		e.apart = make(map[cellPlace]any)
	}
	e.apart[cellPlace{src, dst}] = whole.root
	return nil
}

// rejoin puts the cells together that were taken apart.
func (e *costEdit) rejoin() error {
	for at, value := range e.apart {
		if err := e.putValue(at.src, at.dst, value); err != nil {
			return err
		}
	}
	return nil
}

// existing returns the number of a PID that has a row.
func (e *costEdit) existing(name string) (uint32, error) {
	src, ok := e.pids.number[name]
	if !ok || !e.has(src) {
		return 0, errNoValue
	}
	return src, nil
}

// pair returns the numbers of the PIDs of a place.
func (e *costEdit) pair(at []string) (src, dst uint32, err error) {
	if src, err = e.existing(at[1]); err != nil {
		return 0, 0, err
	}
	dst, ok := e.pids.number[at[2]]
	if !ok {
		return 0, 0, errNoValue
	}
	return src, dst, nil
}

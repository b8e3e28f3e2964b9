package altoclient

import (
	"errors"
	"maps"
)

// This file makes costEdit a patchTarget.

var (
	errNotCosts = errors.New("a row of costs is an object of numbers")
	errPlace    = errors.New("a cost map has no such place")
)

const costMapMember = "cost-map"

func (e *costEdit) inMap(at []string) bool { return len(at) > 0 && at[0] == costMapMember }

func (e *costEdit) get(at []string) (any, error) {
	if !e.inMap(at) {
		return e.rest.get(at)
	}
	switch len(at) {
	case 2:
		src, err := e.existing(at[1])
		if err != nil {
			return nil, err
		}
		row := make(map[string]any)
		for dst, cost := range e.rows[src] {
			if !sameCost(cost, undefined) {
				row[e.pids.names[dst]] = float64(cost)
			}
		}
		return row, nil
	case 3:
		src, dst, err := e.cell(at)
		if err != nil {
			return nil, err
		}
		return float64(e.Cost(src, dst)), nil
	}
	return nil, errPlace
}

// holds compares in the precision that costs are kept in.
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
		return sameNumber(have, value), nil
	}
	want, ok := value.(map[string]any)
	return ok && maps.EqualFunc(row, want, sameNumber), nil
}

func sameNumber(a, b any) bool {
	x, ok := a.(float64)
	y, also := b.(float64)
	return ok && also && float32(x) == float32(y)
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
		e.own(src)
		return e.putValue(src, dst, value)
	}
	return errPlace
}

func (e *costEdit) addRows(value any) error {
	rows, ok := value.(map[string]any)
	if !ok {
		return errNotCosts
	}
	for src := range e.rows {
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
	cost, ok := value.(float64)
	if !ok {
		return errNotCosts
	}
	return e.put(src, dst, cost)
}

func (e *costEdit) remove(at []string) error {
	if !e.inMap(at) {
		return e.rest.remove(at)
	}
	switch len(at) {
	case 1:
		for src := range e.rows {
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
		src, dst, err := e.cell(at)
		if err != nil {
			return err
		}
		e.own(src)
		e.undefine(src, dst)
		return nil
	}
	return errPlace
}

// existing returns the number of a PID that has a row.
func (e *costEdit) existing(name string) (uint32, error) {
	src, ok := e.pids.number[name]
	if !ok || e.rows[src] == nil {
		return 0, errNoValue
	}
	return src, nil
}

// cell returns the numbers of a pair that has a cost.
func (e *costEdit) cell(at []string) (src, dst uint32, err error) {
	if src, err = e.existing(at[1]); err != nil {
		return 0, 0, err
	}
	dst, ok := e.pids.number[at[2]]
	if !ok || sameCost(e.Cost(src, dst), undefined) {
		return 0, 0, errNoValue
	}
	return src, dst, nil
}

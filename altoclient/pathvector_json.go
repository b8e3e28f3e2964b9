package altoclient

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// parsePaths reads the part of a message that has the paths: a cost map whose
// costs are arrays of names or, with several cost types, arrays of such an array
// and of numbers. Limits.PIDs bounds the sources, Limits.Pairs the names.
func parsePaths(r io.Reader, endpoints bool, limits Limits) (*PathVector, error) {
	limits = limits.withDefaults()
	p := &pathsParser{
		document:   open(r, limits),
		PathVector: &PathVector{paths: make(map[string]map[string]Path)},
		limits:     limits,
		field:      "cost-map",
		names:      make(map[string]string),
	}
	if endpoints {
		p.field = "endpoint-cost-map"
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
	switch {
	case !p.sawMeta:
		return nil, missing("/meta")
	case !p.sawMap:
		return nil, missing("/" + p.field)
	}
	return p.PathVector, nil
}

type pathsParser struct {
	*document
	*PathVector
	limits  Limits
	field   string // where the paths are
	sawMeta bool
	sawMap  bool
	raw     jsontext.Value // paths that came before meta
	names   map[string]string
	used    int
	single  CostType
	several []CostType
	at      int // which of several is the path
}

func (p *pathsParser) member(name []byte) (err error) {
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

func (p *pathsParser) meta(name []byte) (err error) {
	switch string(name) {
	case "vtag", "vtags": // the examples of RFC 9275 have both
		p.VersionTag, err = p.versionTag()
	case "dependent-vtags":
		if p.field != "cost-map" {
			return p.skip()
		}
		p.NetworkMap, err = p.dependentVersionTag()
	case "cost-type":
		p.single, _, err = p.costTypeInContext()
	case "multi-cost-types":
		p.several, err = p.costTypes()
	default:
		err = p.skip()
	}
	return err
}

func (p *pathsParser) shape() error {
	if p.field == "cost-map" && p.NetworkMap == (VersionTag{}) {
		return missing("/meta/dependent-vtags")
	}
	path := CostType{Metric: ANEPath, Mode: Array}
	if p.several == nil {
		if p.single != path {
			return &ParseError{Path: "/meta/cost-type", Err: fmt.Errorf("want %v, have %.80q", path, p.single.String())}
		}
		return nil
	}
	if p.at = slices.Index(p.several, path); p.at < 0 {
		return &ParseError{Path: "/meta/multi-cost-types", Err: fmt.Errorf("want %v among them", path)}
	}
	for i, t := range p.several {
		if i == p.at {
			continue
		}
		if !t.scalar() {
			return &ParseError{Path: fmt.Sprintf("/meta/multi-cost-types/%d/cost-mode", i), Err: errMode(t)}
		}
		p.CostTypes = append(p.CostTypes, t)
	}
	return nil
}

// late reads paths that came before meta.
func (p *pathsParser) late() error {
	if p.raw == nil || !p.sawMeta {
		return nil
	}
	p.document = open(bytes.NewReader(p.raw), p.limits)
	return below("/"+p.field, p.object(p.source))
}

// end returns the name of an end of a path.
func (p *pathsParser) end(name []byte) (string, error) {
	err := checkName(name)
	if p.field != "cost-map" {
		if _, err = ParseEndpoint(string(name)); errors.Is(err, errAddressType) {
			err = nil
		}
	}
	if err != nil {
		return "", p.errorf("%w", err)
	}
	return p.kept(name), nil
}

// kept returns a name; equal ones are kept once.
func (p *pathsParser) kept(name []byte) string {
	if kept, ok := p.names[string(name)]; ok {
		return kept
	}
	kept := string(name)
	p.names[kept] = kept
	return kept
}

func (p *pathsParser) source(name []byte) error {
	src, err := p.end(name)
	if err != nil {
		return err
	}
	if len(p.paths) >= p.limits.PIDs {
		return p.errorf("%w", tooMany("PIDs", p.limits.PIDs))
	}
	row := make(map[string]Path)
	p.paths[src] = row
	return p.object(func(name []byte) error {
		dst, err := p.end(name)
		if err != nil {
			return err
		}
		row[dst], err = p.value()
		return err
	})
}

// value reads what is said of one pair.
func (p *pathsParser) value() (path Path, err error) {
	if err := p.afford(); err != nil {
		return path, err
	}
	if p.several == nil {
		path.Elements, err = p.elements()
		return path, err
	}
	i := 0
	err = p.array(func() (err error) {
		switch {
		case i >= len(p.several):
			return p.errorf("want %d costs, have more", len(p.several))
		case i == p.at:
			path.Elements, err = p.elements()
		default:
			var cost float32
			cost, err = p.costOf(p.several[i])
			path.Costs = append(path.Costs, cost)
		}
		i++
		return err
	})
	if err == nil && i < len(p.several) {
		err = p.errorf("want %d costs, have %d", len(p.several), i)
	}
	return path, err
}

// afford counts pairs and the names on their paths.
func (p *pathsParser) afford() error {
	if p.used++; p.used > p.limits.Pairs {
		return p.errorf("%w", tooMany("pairs and names on paths", p.limits.Pairs))
	}
	return nil
}

func (p *pathsParser) costOf(t CostType) (float32, error) {
	if p.dec.PeekKind() == jsontext.Kind('n') {
		return undefined, p.skip()
	}
	n, err := p.number()
	if err != nil {
		return 0, err
	}
	if err := checkCost(float32(n), t.Mode); err != nil {
		return 0, p.errorf("%w", err)
	}
	return float32(n), nil
}

// elements reads a path. One that is null is not known.
func (p *pathsParser) elements() ([]string, error) {
	if p.several != nil && p.dec.PeekKind() == jsontext.Kind('n') {
		return nil, p.skip()
	}
	names := []string{}
	err := p.array(func() error {
		if err := p.afford(); err != nil {
			return err
		}
		name, err := p.text()
		if err != nil {
			return err
		}
		if err := checkName(name); err != nil {
			return p.errorf("%w", err)
		}
		names = append(names, p.kept(name))
		return nil
	})
	return names, err
}

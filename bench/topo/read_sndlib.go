package topo

import (
	"fmt"
	"math"
	"strings"
)

// sndlibLink is a link as SNDlib tells it: what is there, and modules that may be added.
type sndlibLink struct {
	from, to     string
	preinstalled string
	modules      []string
	routingCost  string
	setupCost    string
}

// addSNDlibNode adds a node at x (longitude) and y (latitude).
func (b *graphBuilder) addSNDlibNode(id, x, y string) error {
	lon, err := degrees("x", x, maxDrawing)
	if err != nil {
		return err
	}
	lat, err := degrees("y", y, maxDrawing)
	if err != nil {
		return err
	}
	return b.add(id, Node{Lat: lat, Lon: lon})
}

// maxDrawing bounds coordinates, which are in pixels in some files.
const maxDrawing = 1e6

// addSNDlibLink adds a link with the preinstalled capacity; where that is 0, with one of its
// largest module; where it has none, without limit. It weighs what routing over it costs, or
// else what setting it up costs, which is the routing metric of Abilene.
func (b *graphBuilder) addSNDlibLink(l sndlibLink, unit float64) error {
	x, y, err := b.ends(l.from, l.to)
	if err != nil {
		return err
	}
	capacity, err := l.capacity()
	if err != nil {
		return err
	}
	weight, err := amount("routing cost", l.routingCost)
	if err != nil {
		return err
	}
	setup, err := amount("setup cost", l.setupCost)
	if err != nil {
		return err
	}
	if weight == 0 {
		weight = setup
	}
	return b.join(Link{A: x, B: y, Capacity: capacityOf(capacity, unit), Weight: weight})
}

func (l sndlibLink) capacity() (float64, error) {
	capacity, err := amount("preinstalled capacity", l.preinstalled)
	if err != nil || capacity > 0 {
		return capacity, err
	}
	for _, m := range l.modules {
		if m == "UNLIMITED" {
			return 0, nil
		}
		module, err := amount("capacity of a module", m)
		if err != nil {
			return 0, err
		}
		capacity = max(capacity, module)
	}
	return capacity, nil
}

// addSNDlibDemand adds a demand: so many units, each of which takes so much of a link.
func (b *graphBuilder) addSNDlibDemand(from, to, routingUnit, value string, unit float64) error {
	each, err := amount("routing unit", routingUnit)
	if err != nil {
		return err
	}
	if strings.TrimSpace(routingUnit) == "" {
		each = 1
	}
	units, err := amount("demand", value)
	if err != nil {
		return err
	}
	return b.demand(from, to, each*units*unit)
}

// sndlibUnit is what a capacity or demand of 1 is in bytes a second: brain has both in bit/s.
func sndlibUnit(text string) (float64, error) {
	switch strings.ToUpper(strings.TrimSpace(text)) {
	case "", "MBITPERSEC":
		return mbit, nil
	case "BITPERSEC", "BITSPERSEC":
		return mbit / 1e6, nil
	case "KBITPERSEC":
		return mbit / 1e3, nil
	case "GBITPERSEC":
		return mbit * 1e3, nil
	}
	return math.NaN(), fmt.Errorf("unit is %.80q, want BITPERSEC, KBITPERSEC, MBITPERSEC or GBITPERSEC", text)
}

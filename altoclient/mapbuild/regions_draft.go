package mapbuild

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxRegions is the size in bytes up to which a file of regions is read.
const maxRegions = 64 << 20

// draftOfRegions makes a map of an operator's own description.
func (o Options) draftOfRegions(file string) (*draft, error) {
	switch {
	case o.Relationships != "":
		return nil, errors.New("relationships are between ASes: they mean nothing for a file of regions")
	case len(o.Only) > 0:
		return nil, errors.New("ASes and countries to keep mean nothing for a file of regions")
	}
	var text []byte
	err := readUnpacked(file, func(r *bufio.Reader) (err error) {
		text, err = io.ReadAll(io.LimitReader(r, maxRegions+1))
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(text) > maxRegions {
		return nil, fmt.Errorf("%s: it is larger than %d MiB", file, maxRegions>>20)
	}
	r, err := ParseRegions(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return r.draft(o.MaxPIDs)
}

// Documents returns the network map and the cost map that [Build] writes of the
// regions, with its defaults but for the number of PIDs: up to [MostPIDs].
func (r *Regions) Documents() (network, cost []byte, err error) {
	d, err := r.draft(MostPIDs)
	if err != nil {
		return nil, nil, err
	}
	network, cost, _ = d.documents(defaultResourceID)
	return network, cost, nil
}

func (r *Regions) draft(maxPIDs int) (*draft, error) {
	d := newDraft()
	var of []*region // by PID
	of = append(of, nil)
	for i := range r.regions {
		region := &r.regions[i]
		if len(region.prefixes) == 0 {
			continue
		}
		pid := d.pid(region.name)
		of = append(of, region)
		for _, p := range region.prefixes {
			if err := d.add(p.prefix, pid, p.key); err != nil {
				return nil, fmt.Errorf("%s: %w", p.key, err)
			}
		}
	}
	if d.complete(defaultName) != 0 {
		of = append(of, nil)
	}
	d.before = len(d.entries)
	if d.pids() > maxPIDs {
		return nil, fmt.Errorf("%d PIDs with the default: want at most %d; no region is merged with others", d.pids(), maxPIDs)
	}
	stated := make(map[[2]string]float32)
	for _, p := range r.pairs {
		for _, way := range p.ways() {
			stated[way] = p.cost
		}
	}
	d.costs = func(src uint32, row []float32) {
		for dst := 1; dst < len(row); dst++ {
			cost, ok := stated[[2]string{d.names[src], d.names[dst]}]
			if !ok {
				cost = r.cost(of[src], of[dst])
			}
			row[dst] = cost
		}
	}
	r.describe(d, of)
	return d, nil
}

// cost is the cost between regions by their tier; nil is everywhere else.
func (r *Regions) cost(a, b *region) float32 {
	switch {
	case a == nil || b == nil:
		return r.costs.others
	case a == b:
		return r.costs.samePID
	case a.related(b):
		return r.costs.sameParent
	case a.internal && b.internal:
		return r.costs.sameISP
	default:
		return r.costs.others
	}
}

// related tells whether two regions have one parent, or one is the other's.
func (a *region) related(b *region) bool {
	return a.parent != "" && a.parent == b.parent || a.parent == b.name || b.parent == a.name
}

// describe notes what the tracker's configuration needs to know, which the maps
// cannot say.
func (r *Regions) describe(d *draft, of []*region) {
	var internal []string
	for _, region := range of {
		if region != nil && region.internal {
			internal = append(internal, region.name)
		}
	}
	c := r.costs
	d.note("costs: %v in a region, %v between regions of one parent, %v between internal ones, %v else; %d pairs stated",
		c.samePID, c.sameParent, c.sameISP, c.others, len(r.pairs))
	d.note("for the configuration of the tracker: internal: [%s]", strings.Join(internal, ", "))
}

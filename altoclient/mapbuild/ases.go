package mapbuild

import (
	"bufio"
	"context"
	"fmt"
	"strings"

	"github.com/altracker/altracker/altoclient/asgraph"
	"github.com/altracker/altracker/altoclient/asnmap"
)

// draftOfASes makes a map in which a PID is an AS, or several.
func (o Options) draftOfASes(ctx context.Context, s sources) (*draft, error) {
	d := newDraft()
	var links asgraph.Builder
	if o.Relationships != "" {
		err := readUnpacked(o.Relationships, func(r *bufio.Reader) error {
			return links.ReadRelationships(o.Relationships, r)
		})
		if err != nil {
			return nil, err
		}
	}
	whole, err := s.readASes(ctx, d, &links)
	if err != nil {
		return nil, err
	}
	for range whole.Prefixes() {
		d.before++
	}
	if len(s.dumps) == 0 && o.Relationships == "" {
		return d, o.draftByCountry(d, whole)
	}
	return d, o.draftByLinks(d, whole, links.Build())
}

// readASes reads tables and dumps into one map of ASes, the links between them
// into links. Dumps come last, so that they hold against a table that names the
// same range.
func (s sources) readASes(ctx context.Context, d *draft, links *asgraph.Builder) (*asnmap.Map, error) {
	if s.embedded && len(s.dumps) == 0 {
		return asnmap.Embedded()
	}
	var b asnmap.Builder
	if s.embedded { // for the countries of the ASes
		m, err := asnmap.Embedded()
		if err != nil {
			return nil, err
		}
		b.Countries(m)
	}
	for _, name := range s.tables {
		if err := b.Read(name); err != nil {
			return nil, err
		}
	}
	routes := newRoutes(links)
	for _, file := range s.dumps {
		if err := routes.read(ctx, file); err != nil {
			return nil, err
		}
	}
	for prefix, origin := range routes.origins() {
		b.Route(prefix, origin)
	}
	routes.describe(d)
	m, err := b.Build()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", strings.Join(append(s.tables, s.dumps...), ", "), err)
	}
	return m, nil
}

// draftByCountry merges small ASes by country; costs tell where networks are
// registered.
func (o Options) draftByCountry(d *draft, whole *asnmap.Map) error {
	m, err := whole.Reduce(asnmap.Reduction{MaxPIDs: o.MaxPIDs, Only: o.Only})
	if err != nil {
		return err
	}
	d.takeMap(m)
	d.describeMerging(whole, m, "or, if nobody knows it, with the default PID")
	d.note("costs: 1 in an AS, 10 in a country, 30 on a continent, 100 elsewhere")
	d.costs = func(src uint32, row []float32) {
		ends, costs, _ := m.Row(src, true)
		dst := uint32(1)
		for i, end := range ends {
			for ; dst < end; dst++ {
				row[dst] = costs[i]
			}
		}
	}
	return nil
}

// draftByLinks merges small ASes by country, or where nobody knows it with the
// nearest AS that keeps its PID; costs tell how ASes are connected.
func (o Options) draftByLinks(d *draft, whole *asnmap.Map, graph *asgraph.Graph) error {
	m, err := whole.Reduce(asnmap.Reduction{MaxPIDs: o.MaxPIDs, Only: o.Only, Join: graph.Cones})
	if err != nil {
		return err
	}
	d.takeMap(m)
	d.describeMerging(whole, m, "or, if nobody knows it, with the nearest AS")
	d.costs = distances(d, m, headsOf(whole, m), graph)
	return nil
}

// takeMap takes the PIDs and prefixes of m, under the same numbers.
func (d *draft) takeMap(m *asnmap.Map) {
	for pid := range m.PIDs() {
		d.pid(m.Name(uint32(pid) + 1))
	}
	for prefix, pid := range m.Prefixes() {
		_ = d.add(prefix, pid, "") // no prefix comes twice
	}
}

func (d *draft) describeMerging(whole, m *asnmap.Map, otherwise string) {
	all, kept, countries := 0, 0, 0
	for pid := range whole.PIDs() {
		if whole.AS(uint32(pid)+1) != 0 {
			all++
		}
	}
	for pid := uint32(1); pid <= uint32(m.PIDs()); pid++ {
		switch {
		case m.AS(pid) != 0:
			kept++
		case m.Country(pid) != "":
			countries++
		}
	}
	d.note("ASes: %d of %d keep a PID of their own", kept, all)
	if countries > 0 {
		d.note("countries: %d PIDs hold addresses of no AS that keeps its own", countries)
	}
	if kept < all {
		d.note("ASes without a PID of their own are merged by country, %s", otherwise)
	}
}

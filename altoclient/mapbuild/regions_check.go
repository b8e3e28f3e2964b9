package mapbuild

import (
	"math"
	"net/netip"

	"go.yaml.in/yaml/v3"
)

// check looks for what no value can be told to be wrong on its own. It fills in
// what follows: the index, who is a parent, and who is internal by its parent.
func (r *Regions) check(d *document) {
	if len(r.regions) == 0 {
		d.wrong("regions", nil, "missing; want a list of regions")
		return
	}
	r.checkNames(d)
	r.checkParents(d)
	r.checkPrefixes(d)
	r.checkPairs(d)
}

func (r *Regions) checkNames(d *document) {
	for i, region := range r.regions {
		first, twice := r.index[region.name]
		switch {
		case region.name == "":
			d.wrong(region.key+".name", line(region.node), "missing; want a name")
		case twice:
			d.wrong(region.key+".name", line(region.node), "there is a region %s already (line %d)", region.name, r.regions[first].node.Line)
		case region.name == defaultName:
			d.wrong(region.key+".name", line(region.node), `"default" is the PID of the addresses in no region`)
		default:
			r.index[region.name] = i
		}
	}
}

func (r *Regions) checkParents(d *document) {
	for i := range r.regions {
		region := &r.regions[i]
		if region.parent == "" {
			continue
		}
		up, ok := r.index[region.parent]
		if !ok {
			d.wrong(region.key+".parent", region.up, "there is no region of that name")
			region.parent = ""
			continue
		}
		r.regions[up].isParent = true
	}
	for i := range r.regions {
		region := &r.regions[i]
		if r.loops(region) {
			d.wrong(region.key+".parent", region.up, "the region is inside itself")
			return // the others of the loop would say the same
		}
	}
	for i := range r.regions {
		region := &r.regions[i]
		for at := region; !region.own && at.parent != ""; {
			at = &r.regions[r.index[at.parent]]
			if at.own {
				region.internal, region.own = at.internal, true
			}
		}
	}
}

// loops tells whether a region is its own parent's parent's parent.
func (r *Regions) loops(start *region) bool {
	at := start
	for range r.regions {
		if at.parent == "" {
			return false
		}
		at = &r.regions[r.index[at.parent]]
	}
	return true
}

func (r *Regions) checkPrefixes(d *document) {
	type owner struct{ region, line int }
	owners := make(map[netip.Prefix]owner)
	for i, region := range r.regions {
		if len(region.prefixes) == 0 && !region.isParent {
			d.wrong(region.key+".prefixes", line(region.node), "missing; want a list of prefixes, as no region names this one as its parent")
		}
		for _, p := range region.prefixes {
			if have, ok := owners[p.prefix]; ok {
				d.wrong(p.key, p.node, "it is in region %s already (line %d)", r.regions[have.region].name, have.line)
				continue
			}
			owners[p.prefix] = owner{i, p.node.Line}
		}
	}
}

func (r *Regions) checkPairs(d *document) {
	stated := make(map[[2]string]int)
	for _, o := range r.pairs {
		for _, end := range [][2]string{{".from", o.from}, {".to", o.to}} {
			key, name := end[0], end[1]
			i, ok := r.index[name]
			switch {
			case name == "":
				d.wrong(o.key+key, line(o.node), "missing; want the name of a region")
			case name == defaultName:
			case !ok:
				d.wrong(o.key+key, line(o.node), "there is no region %s", name)
			case len(r.regions[i].prefixes) == 0:
				d.wrong(o.key+key, line(o.node), "region %s has no prefixes; want one that has", name)
			}
		}
		if math.IsNaN(float64(o.cost)) {
			d.wrong(o.key+".cost", line(o.node), "missing; want a cost")
		}
		for _, way := range o.ways() {
			if before, ok := stated[way]; ok {
				d.wrong(o.key, line(o.node), "the cost from %s to %s was stated already (line %d)", way[0], way[1], before)
				break
			}
			stated[way] = o.node.Line
		}
	}
}

// ways returns the directions that an override is about.
func (o override) ways() [][2]string {
	if o.oneWay || o.from == o.to {
		return [][2]string{{o.from, o.to}}
	}
	return [][2]string{{o.from, o.to}, {o.to, o.from}}
}

// line is the place of n without its value.
func line(n *yaml.Node) *yaml.Node { return &yaml.Node{Line: n.Line} }

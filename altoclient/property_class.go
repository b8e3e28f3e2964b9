package altoclient

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"sync"

	"github.com/gaissmai/bart"
)

// pidProperties is what property maps say of the PIDs of one network map.
type pidProperties struct {
	maps   []*PropertyMap
	labels labelCache

	mu      sync.Mutex
	columns map[string][]string // by property and PID; filled when first asked for
}

// WithProperties returns the Snapshot with what maps say about its PIDs, in the
// order of their precedence. The error wraps [ErrSkew] if one of them depends on
// another version of the network map.
func (s *Snapshot) WithProperties(maps ...*PropertyMap) (*Snapshot, error) {
	for _, m := range maps {
		for _, v := range m.vtags {
			if v.ResourceID == s.network.vtag.ResourceID && v != s.network.vtag {
				return nil, fmt.Errorf("property map depends on %v, network map is %v: %w", v, s.network.vtag, ErrSkew)
			}
		}
	}
	other := *s
	if s.times != nil {
		other.times = &timetable{plan: s.times.plan, current: &other}
	}
	other.properties = &pidProperties{maps: slices.Clone(maps), columns: make(map[string][]string)}
	return &other, nil
}

// Property returns the value of a property of a PID, empty if it has none: what a
// property map says of the PID itself or, failing that, what all addresses of the
// PID that have the property agree on. RFC 9240 section 6.3 has both: the region
// of a PID is a matter of the PID, its ISP of its addresses. Names are those of
// the property maps, such as .ISP; see [Snapshot.WithProperties].
func (s *Snapshot) Property(pid uint32, property string) string {
	if s.properties == nil || int(pid) >= len(s.network.names) {
		return ""
	}
	return s.properties.column(s.network, property)[pid]
}

func (p *pidProperties) column(network *NetworkMap, property string) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	column, ok := p.columns[property]
	if !ok {
		column = make([]string, len(network.names))
		for _, m := range slices.Backward(p.maps) {
			m.overlay(column, network, property)
		}
		p.columns[property] = column
	}
	return column
}

// overlay writes the values that the map has into column.
func (m *PropertyMap) overlay(column []string, network *NetworkMap, property string) {
	for pid, text := range m.agreed(network, property) {
		column[pid] = text
	}
	domain := network.vtag.ResourceID + ".pid:"
	for pid, name := range network.names {
		if text, ok := m.Text(domain+name, property); ok {
			column[pid] = text
		}
	}
}

// agreed returns the values that all addresses of a PID have, so far as they have
// any.
func (m *PropertyMap) agreed(network *NetworkMap, property string) map[uint32]string {
	agreed := make(map[uint32]string)
	mixed := make(map[uint32]bool)
	note := func(pid uint32, text string) {
		if have, ok := agreed[pid]; ok && have != text {
			mixed[pid] = true
		}
		agreed[pid] = text
	}
	v4 := m.prefixes[domainProperty{"ipv4", property}].Table
	v6 := m.prefixes[domainProperty{"ipv6", property}].Table
	for prefix, pid := range network.table.All() {
		table := v6
		if prefix.Addr().Is4() {
			table = v4
		}
		if text, ok := m.Prefix(prefix, property); ok && !covered(prefix, table) {
			note(pid, text)
		}
	}
	for _, table := range []*bart.Table[uint32]{v4, v6} {
		if table == nil {
			continue
		}
		for prefix := range table.All() {
			text, ok := m.Prefix(prefix, property)
			if pid, held := network.table.LookupPrefix(prefix); ok && held && !covered(prefix, network.table) {
				note(pid, text)
			}
		}
	}
	maps.DeleteFunc(agreed, func(pid uint32, _ string) bool { return mixed[pid] })
	return agreed
}

// covered tells whether the prefixes of table that are longer than prefix leave
// nothing of it.
func covered(prefix netip.Prefix, table *bart.Table[uint32]) bool {
	parts := coverOf(prefix)
	var last netip.Prefix
	for longer := range table.Subnets(prefix) {
		if longer == prefix || last.IsValid() && last.Overlaps(longer) {
			continue // they come in order, so it is nested in last
		}
		last = longer
		parts.add(longer)
	}
	return parts.full(prefix)
}

// Class is a node of a classification tree: PIDs that have the same value of a
// property, within their parent.
type Class struct {
	Property string   // empty at the root
	Value    string   // empty for the PIDs that have none
	PIDs     []uint32 // ascending; those of all Children
	Children []*Class // in the order of their values
}

// Classify returns the tree that has one level for each of properties, such as
// .ISP, .region, .accessclass, from the root down.
func (s *Snapshot) Classify(properties ...string) *Class {
	root := &Class{PIDs: allPIDs(s.PIDs())}
	level := []*Class{root}
	for _, property := range properties {
		var next []*Class
		for _, c := range level {
			c.split(s, property)
			next = append(next, c.Children...)
		}
		level = next
	}
	return root
}

func (c *Class) split(s *Snapshot, property string) {
	groups := make(map[string]*Class)
	for _, pid := range c.PIDs {
		value := s.Property(pid, property)
		if groups[value] == nil {
			groups[value] = &Class{Property: property, Value: value}
		}
		groups[value].PIDs = append(groups[value].PIDs, pid)
	}
	for _, value := range slices.Sorted(maps.Keys(groups)) {
		c.Children = append(c.Children, groups[value])
	}
}

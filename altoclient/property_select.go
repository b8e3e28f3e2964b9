package altoclient

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Mappings returns the properties of each entity domain, sorted (RFC 9240 section
// 7.4).
func (m *PropertyMap) Mappings() map[string][]string {
	found := make(map[string]map[string]bool)
	note := func(domain, property string) {
		if found[domain] == nil {
			found[domain] = make(map[string]bool)
		}
		found[domain][property] = true
	}
	for at := range m.prefixes {
		note(at.domain, at.property)
	}
	for entity, properties := range m.others {
		if domain, _, err := SplitEntity(entity); err == nil {
			for property := range properties {
				note(domain, property)
			}
		}
	}
	mappings := make(map[string][]string, len(found))
	for domain, properties := range found {
		mappings[domain] = slices.Sorted(maps.Keys(properties))
	}
	return mappings
}

// CheckEntity returns the domain of an entity, or what is wrong with it: an
// entity of the domains of type ipv4 and ipv6 is an address or a prefix, one of
// type pid the name of a PID.
func CheckEntity(entity string) (domain string, err error) {
	domain, id, err := SplitEntity(entity)
	if err != nil {
		return "", err
	}
	switch domainType(domain) {
	case "ipv4", "ipv6":
		_, err = parseAddressEntity(domainType(domain), id)
	case "pid":
		err = checkName(id)
	}
	return domain, err
}

// ResourceOf returns the resource that a domain or a property is defined by, as in
// my-network-map of my-network-map.pid; empty if that is none, or the property map
// itself.
func ResourceOf(name string) string { return name[:max(0, strings.LastIndexByte(name, '.'))] }

// AppendFiltered appends what filter asks for as an application/alto-propmap+json
// document (RFC 9240 section 8.6). Entities of domains that the map does not have
// and ill-formed ones are left out; see [CheckEntity].
//
// A prefix that is asked for has all it inherits, and the longer ones within it
// what differs; one whose parts leave nothing of it is left out, and they have
// what it would have had. If no entities are named, that is all of the map, each
// with what is said of it itself.
func (m *PropertyMap) AppendFiltered(b []byte, filter PropertyFilter) []byte {
	mappings := m.Mappings()
	wanted := filter.byDomain(mappings)
	b = append(b, `{"meta":{`...)
	if tags := m.dependsOn(wanted, filter.Properties); len(tags) > 0 {
		b = append(b, `"dependent-vtags":`...)
		b = appendList(b, tags, func(b []byte, tag VersionTag) []byte { return tag.appendJSON(b) })
	}
	b = append(b, `},"property-map":{`...)
	w := entityWriter{b: b, m: m, bare: filter.NoValues}
	for _, domain := range slices.Sorted(maps.Keys(wanted)) {
		w.properties = filter.Properties
		if len(w.properties) == 0 {
			w.properties = mappings[domain]
		}
		if addressType(domain) != "" {
			w.addresses(domain, wanted[domain])
		} else {
			w.others(domain, wanted[domain])
		}
	}
	return append(w.b, "}}"...)
}

// byDomain sorts the entities by their domains; all domains come without any if
// none is named.
func (f PropertyFilter) byDomain(mappings map[string][]string) map[string][]string {
	wanted := make(map[string][]string)
	if len(f.Entities) == 0 {
		for domain := range mappings {
			wanted[domain] = nil
		}
	}
	for _, entity := range f.Entities {
		if domain, _, err := SplitEntity(entity); err == nil {
			wanted[domain] = append(wanted[domain], entity)
		}
	}
	return wanted
}

// dependsOn returns the tags of what an answer about some domains depends on: of
// all resources if one of the domains belongs to none.
func (m *PropertyMap) dependsOn(wanted map[string][]string, properties []string) []VersionTag {
	needed := make(map[string]bool)
	for domain := range wanted {
		if !strings.Contains(domain, ".") {
			return m.vtags
		}
		needed[ResourceOf(domain)] = true
	}
	for _, property := range properties {
		needed[ResourceOf(property)] = true
	}
	return slices.DeleteFunc(m.VersionTags(), func(v VersionTag) bool { return !needed[v.ResourceID] })
}

// entityWriter writes the members of a property map.
type entityWriter struct {
	b          []byte
	m          *PropertyMap
	bare       bool // entities alone
	properties []string
	started    bool
}

// noValue stands for a value that nobody states.
const noValue = ^uint32(0)

// entity writes one entity, unless it has no values; values are indexes, by
// property.
func (w *entityWriter) entity(name string, values []uint32) {
	if !slices.ContainsFunc(values, func(v uint32) bool { return v != noValue }) {
		return
	}
	if w.started {
		w.b = append(w.b, ',')
	}
	w.started = true
	w.b, _ = jsontext.AppendQuote(w.b, name)
	w.b = append(w.b, ":{"...)
	first := true
	for i, v := range values {
		if w.bare || v == noValue {
			continue
		}
		if !first {
			w.b = append(w.b, ',')
		}
		first = false
		w.b, _ = jsontext.AppendQuote(w.b, w.properties[i])
		w.b = append(w.b, ':')
		w.b = append(w.b, w.m.values[v].json...)
	}
	w.b = append(w.b, '}')
}

// others writes entities that inherit nothing, all of their domain if none is
// named.
func (w *entityWriter) others(domain string, entities []string) {
	if len(entities) == 0 {
		for entity := range w.m.others {
			if d, _, err := SplitEntity(entity); err == nil && d == domain {
				entities = append(entities, entity)
			}
		}
		slices.Sort(entities)
	}
	seen := make(map[string]bool)
	for _, entity := range entities {
		if seen[entity] {
			continue
		}
		seen[entity] = true
		values := make([]uint32, len(w.properties))
		for i, property := range w.properties {
			v, ok := w.m.others[entity][property]
			values[i] = stated(v, ok)
		}
		w.entity(entity, values)
	}
}

func stated(v uint32, ok bool) uint32 {
	if !ok {
		return noValue
	}
	return v
}

// node is a prefix of an answer.
type node struct {
	prefix netip.Prefix
	asked  bool
	parent *node    // the next shorter one that holds it
	parts  cover    // of the longer ones within it
	values []uint32 // what the answer has of it, or what its parts have in its place
}

// addresses writes prefixes and what is within them, all of their domain if none
// is named.
func (w *entityWriter) addresses(domain string, entities []string) {
	nodes := w.nodes(domain, w.columns(domain), entities)
	var open []*node // each within the one before
	for _, n := range nodes {
		for len(open) > 0 && !open[len(open)-1].prefix.Contains(n.prefix.Addr()) {
			open = open[:len(open)-1]
		}
		if len(open) > 0 {
			n.parent = open[len(open)-1]
			n.parent.parts.add(n.prefix)
		}
		open = append(open, n)
	}
	columns := w.columns(domain)
	for _, n := range nodes {
		n.fill(columns)
		if !n.parts.full(n.prefix) || w.bare {
			w.entity(domain+":"+entityText(n.prefix), n.values)
		}
	}
}

// columns are those of the wanted properties, in their order.
func (w *entityWriter) columns(domain string) []prefixColumn {
	columns := make([]prefixColumn, len(w.properties))
	for i, property := range w.properties {
		columns[i] = w.m.prefixes[domainProperty{domain, property}]
	}
	return columns
}

// nodes returns the prefixes that are asked for, and those within them that have a
// property of their own, each before what is within it.
func (w *entityWriter) nodes(domain string, columns []prefixColumn, entities []string) []*node {
	found := make(map[netip.Prefix]*node)
	enter := func(prefix netip.Prefix, asked bool) {
		if found[prefix] == nil {
			found[prefix] = &node{prefix: prefix, asked: asked, parts: coverOf(prefix)}
		}
	}
	family := addressType(domain)
	for _, entity := range entities {
		_, id, _ := SplitEntity(entity)
		if prefix, err := parseAddressEntity(family, id); err == nil {
			enter(prefix, true)
		}
	}
	within := sortedNodes(found)
	if len(entities) == 0 {
		within = []*node{{prefix: everywhere(family)}}
	} else if w.bare {
		within = nil
	}
	var last netip.Prefix
	for _, n := range within {
		if last.IsValid() && last.Contains(n.prefix.Addr()) {
			continue // seen with last
		}
		last = n.prefix
		for _, column := range columns {
			if column.Table == nil {
				continue
			}
			for prefix := range column.Subnets(n.prefix) {
				enter(prefix, false)
			}
		}
	}
	return sortedNodes(found)
}

func sortedNodes(found map[netip.Prefix]*node) []*node {
	return slices.SortedFunc(maps.Values(found), func(a, b *node) int {
		return cmp.Or(a.prefix.Addr().Compare(b.prefix.Addr()), a.prefix.Bits()-b.prefix.Bits())
	})
}

// fill gives a node its values, once its parent has them.
func (n *node) fill(columns []prefixColumn) {
	n.values = make([]uint32, len(columns))
	replaced := n.parent != nil && n.parent.parts.full(n.parent.prefix)
	for i, column := range columns {
		n.values[i] = noValue
		if column.Table == nil {
			continue
		}
		v, ok := column.Get(n.prefix)
		if !ok && n.asked {
			v, ok = column.LookupPrefix(n.prefix)
		}
		switch {
		case ok:
			n.values[i] = column.base + v
		case replaced:
			n.values[i] = n.parent.values[i]
		}
	}
}

func everywhere(family string) netip.Prefix {
	if family == "ipv4" {
		return netip.PrefixFrom(netip.IPv4Unspecified(), 0)
	}
	return netip.PrefixFrom(netip.IPv6Unspecified(), 0)
}

// entityText writes a single address without a length, as RFC 9240 does.
func entityText(prefix netip.Prefix) string {
	if prefix.IsSingleIP() {
		return prefix.Addr().String()
	}
	return prefix.String()
}

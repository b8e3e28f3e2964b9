package altoclient

import (
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// PIDProperties returns the property map that says which PID of each network map
// an address is in (RFC 9240 section 8.7). It has the prefixes of the network
// maps themselves, not copies.
func PIDProperties(networks ...*NetworkMap) *PropertyMap {
	m := &PropertyMap{prefixes: make(map[domainProperty]prefixColumn)}
	for _, network := range networks {
		m.vtags = append(m.vtags, network.vtag)
		property := PIDProperty(network.vtag.ResourceID)
		column := prefixColumn{network.table, uint32(len(m.values))}
		m.prefixes[domainProperty{"ipv4", property}] = column
		m.prefixes[domainProperty{"ipv6", property}] = column
		m.entities += network.table.Size()
		for _, name := range network.names {
			quoted, _ := jsontext.AppendQuote(nil, name)
			m.values = append(m.values, value{json: string(quoted), text: name, kind: kindString})
		}
	}
	return m
}

// PIDs returns the PIDs of a network map that the map has as entities, sorted.
func (m *PropertyMap) PIDs(networkMap string) []string {
	var names []string
	for entity := range m.others {
		if domain, id, err := SplitEntity(entity); err == nil && domain == networkMap+".pid" {
			names = append(names, id)
		}
	}
	slices.Sort(names)
	return names
}

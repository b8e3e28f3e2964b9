package altoserver

import (
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/altracker/altracker/altoclient"
)

const (
	pathDirectory  = "/directory"
	pathNetworkMap = "/networkmap"
	pathCostMaps   = "/costmap/multi"
	pathFiltered   = "/filtered" // below the path of the full map
	pathMaps       = "/maps"     // before the maps that are not the default ones

	pathPropertyMap = "/propmap"

	pathEndpointProperties = "/endpointprop"
	pathEndpointCosts      = "/endpointcost"
)

// Ids of resources: a filtered one is called like the full one, and something more.
const (
	suffixFiltered = "-filtered"
	multiCostMapID = "multi-cost-map" + suffixFiltered
)

func costMapPath(t altoclient.CostType) string {
	return "/costmap/" + shortMode(t) + "/" + t.Metric
}

// costTypeName names a cost type within the directory, as in "num-routingcost".
func costTypeName(t altoclient.CostType) string { return shortMode(t) + "-" + t.Metric }

func shortMode(t altoclient.CostType) string {
	if t.Mode == altoclient.Ordinal {
		return "ord"
	}
	return "num"
}

func longMode(short string) string {
	if short == "ord" {
		return altoclient.Ordinal
	}
	return altoclient.Numerical
}

// The wire form of a directory (RFC 7285 section 9.2.2).
type (
	directory struct {
		Meta      directoryMeta    `json:"meta"`
		Resources map[string]entry `json:"resources"`

		twice string // an id that two resources have
	}
	directoryMeta struct {
		CostTypes         map[string]costType `json:"cost-types"`
		DefaultNetworkMap string              `json:"default-alto-network-map"`
	}
	entry struct {
		URI          string        `json:"uri"`
		MediaType    string        `json:"media-type"`
		Accepts      string        `json:"accepts,omitempty"`
		Capabilities *capabilities `json:"capabilities,omitempty"`
		Uses         []string      `json:"uses,omitempty"`
	}
	capabilities struct {
		CostTypeNames   []string   `json:"cost-type-names,omitempty"`
		CostConstraints bool       `json:"cost-constraints,omitzero"`
		MaxCostTypes    int        `json:"max-cost-types,omitzero"`       // RFC 8189 section 4.1.1
		Calendars       []calendar `json:"calendar-attributes,omitempty"` // RFC 8896 section 4.1
		Properties      []string   `json:"prop-types,omitempty"`

		Mappings map[string][]string `json:"mappings,omitempty"` // RFC 9240 section 7.4

		IncrementalChanges map[string]string `json:"incremental-change-media-types,omitempty"`
		StreamControl      bool              `json:"support-stream-control,omitzero"`
	}
)

// directory lists the resources. Its URIs are relative to itself, so that it
// holds behind any proxy. It fails if two resources have one id.
func (c *Content) directory() ([]byte, error) {
	d := directory{
		Meta:      directoryMeta{CostTypes: make(map[string]costType), DefaultNetworkMap: c.VersionTag().ResourceID},
		Resources: make(map[string]entry),
	}
	for i, set := range c.sets {
		d.addMaps(set, setPrefix(i))
	}
	for _, p := range c.properties {
		d.addPropertyMap(p)
	}
	d.addPIDs(c)
	d.addEndpointCosts(c.sets[0])
	d.addUpdates(c)
	if d.twice != "" {
		return nil, fmt.Errorf("two resources are called %q", d.twice)
	}
	// Strings, numbers and maps of strings always marshal.
	body, _ := json.Marshal(d, json.Deterministic(true), jsontext.WithIndent(" "))
	return body, nil
}

func (d *directory) add(id string, e entry) {
	if _, ok := d.Resources[id]; ok {
		d.twice = id
	}
	d.Resources[id] = e
}

// name gives cost types their names in the directory.
func (d *directory) name(types ...altoclient.CostType) []string {
	var names []string
	for i, t := range costTypes(types) {
		name := costTypeName(types[i])
		d.Meta.CostTypes[name] = t
		names = append(names, name)
	}
	return names
}

// addMaps lists a network map and its cost maps; their ids begin with prefix.
func (d *directory) addMaps(set *mapSet, prefix string) {
	network := set.network.VersionTag().ResourceID
	d.add(network, entry{URI: set.path + pathNetworkMap, MediaType: altoclient.MediaTypeNetworkMap})
	d.add(prefix+"network-map"+suffixFiltered, entry{
		URI:       set.path + pathNetworkMap + pathFiltered,
		MediaType: altoclient.MediaTypeNetworkMap,
		Accepts:   altoclient.MediaTypeNetworkMapFilter,
		Uses:      []string{network},
	})
	for _, k := range set.costs {
		names := d.name(k.Type)
		at := set.path + costMapPath(k.Type)
		d.add(prefix+names[0]+"-map", entry{
			URI:          at,
			MediaType:    altoclient.MediaTypeCostMap,
			Capabilities: &capabilities{CostTypeNames: names},
			Uses:         []string{network},
		})
		d.addFilteredCosts(prefix+names[0]+"-map"+suffixFiltered, at, network, set.capabilities(names, k.Type))
	}
	if set.multi() {
		can := set.capabilities(d.name(set.types()...), set.types()...)
		can.MaxCostTypes = len(set.costs)
		d.addFilteredCosts(prefix+multiCostMapID, set.path+pathCostMaps, network, can)
	}
}

func (d *directory) addFilteredCosts(id, at, network string, can *capabilities) {
	d.add(id, entry{
		URI:          at + pathFiltered,
		MediaType:    altoclient.MediaTypeCostMap,
		Accepts:      altoclient.MediaTypeCostMapFilter,
		Capabilities: can,
		Uses:         []string{network},
	})
}

// capabilities is what may be asked of costs of some types. All may be tested, and
// so there are no testable-cost-type-names: that list is for servers that can test
// only some (RFC 8189 section 4.1.1).
func (s *mapSet) capabilities(names []string, types ...altoclient.CostType) *capabilities {
	can := &capabilities{CostTypeNames: names, CostConstraints: true}
	for i, t := range types {
		k, ok := s.cost(t)
		if !ok || !k.calendar() {
			continue
		}
		offered := calendarOf(k.Calendar)
		n := slices.IndexFunc(can.Calendars, func(c calendar) bool {
			return c.Interval == offered.Interval && c.Intervals == offered.Intervals
		})
		if n < 0 {
			n = len(can.Calendars)
			can.Calendars = append(can.Calendars, offered)
		}
		can.Calendars[n].CostTypeNames = append(can.Calendars[n].CostTypeNames, names[i])
	}
	return can
}

// addEndpointCosts may not name what it uses (RFC 7285 section 11.5.1.5).
func (d *directory) addEndpointCosts(set *mapSet) {
	o := set.endpointOffer()
	if len(o.types) == 0 {
		return
	}
	can := set.capabilities(d.name(o.types...), o.types...)
	if o.multi {
		can.MaxCostTypes = len(o.types)
	}
	d.add("endpoint-cost", entry{
		URI:          pathEndpointCosts,
		MediaType:    altoclient.MediaTypeEndpointCosts,
		Accepts:      altoclient.MediaTypeEndpointCostsParams,
		Capabilities: can,
	})
}

// addPIDs lists the two services that know the PIDs of addresses: the one of RFC
// 7285, which may not name what it uses (section 11.4.1.5), and that of RFC 9240.
func (d *directory) addPIDs(c *Content) {
	var properties, uses []string
	for _, set := range c.sets {
		properties = append(properties, set.pidProperty())
		uses = append(uses, set.network.VersionTag().ResourceID)
	}
	d.add("endpoint-property", entry{
		URI:          pathEndpointProperties,
		MediaType:    altoclient.MediaTypeEndpointProperties,
		Accepts:      altoclient.MediaTypeEndpointPropertiesParams,
		Capabilities: &capabilities{Properties: properties},
	})
	d.add("pid-property-map", entry{
		URI:          pathPropertyMap + pathFiltered,
		MediaType:    altoclient.MediaTypePropertyMap,
		Accepts:      altoclient.MediaTypePropertyMapFilter,
		Capabilities: &capabilities{Mappings: c.pids.Mappings()},
		Uses:         uses,
	})
}

func (d *directory) addPropertyMap(p *propertyMap) {
	var uses []string
	for _, tag := range p.parsed.VersionTags() {
		uses = append(uses, tag.ResourceID)
	}
	full := entry{
		URI:          pathPropertyMap + "/" + p.id,
		MediaType:    altoclient.MediaTypePropertyMap,
		Capabilities: &capabilities{Mappings: p.mappings},
		Uses:         uses,
	}
	d.add(p.id, full)
	full.URI += pathFiltered
	full.Accepts = altoclient.MediaTypePropertyMapFilter
	d.add(p.id+suffixFiltered, full)
}

package altoserver

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/altracker/altracker/altoclient"
)

const (
	pathDirectory  = "/directory"
	pathNetworkMap = "/networkmap"
	pathFiltered   = "/filtered" // below the path of the full map
	pathMaps       = "/maps"     // before the maps that are not the default ones

	pathEndpointProperties = "/endpointprop"
	pathEndpointCosts      = "/endpointcost"
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
	}
	directoryMeta struct {
		CostTypes         map[string]costType `json:"cost-types"`
		DefaultNetworkMap string              `json:"default-alto-network-map"`
	}
	costType struct {
		Mode   string `json:"cost-mode"`
		Metric string `json:"cost-metric"`
	}
	entry struct {
		URI          string        `json:"uri"`
		MediaType    string        `json:"media-type"`
		Accepts      string        `json:"accepts,omitempty"`
		Capabilities *capabilities `json:"capabilities,omitempty"`
		Uses         []string      `json:"uses,omitempty"`
	}
	capabilities struct {
		CostTypeNames   []string `json:"cost-type-names,omitempty"`
		CostConstraints bool     `json:"cost-constraints,omitzero"`
		Properties      []string `json:"prop-types,omitempty"`

		IncrementalChanges map[string]string `json:"incremental-change-media-types,omitempty"`
		StreamControl      bool              `json:"support-stream-control,omitzero"`
	}
)

// directory lists the resources. Its URIs are relative to itself, so that it
// holds behind any proxy.
func (c *Content) directory() []byte {
	d := directory{
		Meta:      directoryMeta{CostTypes: make(map[string]costType), DefaultNetworkMap: c.VersionTag().ResourceID},
		Resources: make(map[string]entry),
	}
	var properties []string
	for i, set := range c.sets {
		d.addMaps(set, setPrefix(i))
		properties = append(properties, altoclient.PIDProperty(set.network.VersionTag().ResourceID))
	}
	// Neither of the two may name what it uses (RFC 7285 sections 11.4.1.5,
	// 11.5.1.5).
	d.Resources["endpoint-property"] = entry{
		URI:          pathEndpointProperties,
		MediaType:    altoclient.MediaTypeEndpointProperties,
		Accepts:      altoclient.MediaTypeEndpointPropertiesParams,
		Capabilities: &capabilities{Properties: properties},
	}
	if types := c.sets[0].endpointCostTypes(); len(types) > 0 {
		d.Resources["endpoint-cost"] = entry{
			URI:          pathEndpointCosts,
			MediaType:    altoclient.MediaTypeEndpointCosts,
			Accepts:      altoclient.MediaTypeEndpointCostsParams,
			Capabilities: &capabilities{CostTypeNames: d.name(types...), CostConstraints: true},
		}
	}
	d.addUpdates(c)
	// Strings and maps of strings always marshal.
	body, _ := json.Marshal(d, json.Deterministic(true), jsontext.WithIndent(" "))
	return body
}

// name gives cost types their names in the directory.
func (d *directory) name(types ...altoclient.CostType) []string {
	var names []string
	for _, t := range types {
		name := costTypeName(t)
		d.Meta.CostTypes[name] = costType{t.Mode, t.Metric}
		names = append(names, name)
	}
	return names
}

// addMaps lists a network map and its cost maps; their ids begin with prefix.
func (d *directory) addMaps(set *mapSet, prefix string) {
	network := set.network.VersionTag().ResourceID
	d.Resources[network] = entry{URI: set.path + pathNetworkMap, MediaType: altoclient.MediaTypeNetworkMap}
	d.Resources[prefix+"network-map-filtered"] = entry{
		URI:       set.path + pathNetworkMap + pathFiltered,
		MediaType: altoclient.MediaTypeNetworkMap,
		Accepts:   altoclient.MediaTypeNetworkMapFilter,
		Uses:      []string{network},
	}
	for _, m := range set.costs {
		names := d.name(m.CostType())
		at := set.path + costMapPath(m.CostType())
		d.Resources[prefix+names[0]+"-map"] = entry{
			URI:          at,
			MediaType:    altoclient.MediaTypeCostMap,
			Capabilities: &capabilities{CostTypeNames: names},
			Uses:         []string{network},
		}
		d.Resources[prefix+names[0]+"-map-filtered"] = entry{
			URI:          at + pathFiltered,
			MediaType:    altoclient.MediaTypeCostMap,
			Accepts:      altoclient.MediaTypeCostMapFilter,
			Capabilities: &capabilities{CostTypeNames: names, CostConstraints: true},
			Uses:         []string{network},
		}
	}
}

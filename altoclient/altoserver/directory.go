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
		CostTypeNames   []string `json:"cost-type-names"`
		CostConstraints bool     `json:"cost-constraints,omitzero"`
	}
)

// directory lists the resources. Its URIs are relative to itself, so that it
// holds behind any proxy.
func (c *Content) directory() []byte {
	network := c.network.VersionTag().ResourceID
	d := directory{
		Meta: directoryMeta{CostTypes: make(map[string]costType), DefaultNetworkMap: network},
		Resources: map[string]entry{
			network: {URI: pathNetworkMap, MediaType: altoclient.MediaTypeNetworkMap},
			network + "-filtered": {
				URI:       pathNetworkMap + pathFiltered,
				MediaType: altoclient.MediaTypeNetworkMap,
				Accepts:   altoclient.MediaTypeNetworkMapFilter,
				Uses:      []string{network},
			},
		},
	}
	for _, m := range c.costs {
		t := m.CostType()
		name := costTypeName(t)
		d.Meta.CostTypes[name] = costType{t.Mode, t.Metric}
		d.Resources[name+"-map"] = entry{
			URI:          costMapPath(t),
			MediaType:    altoclient.MediaTypeCostMap,
			Capabilities: &capabilities{CostTypeNames: []string{name}},
			Uses:         []string{network},
		}
		d.Resources[name+"-map-filtered"] = entry{
			URI:          costMapPath(t) + pathFiltered,
			MediaType:    altoclient.MediaTypeCostMap,
			Accepts:      altoclient.MediaTypeCostMapFilter,
			Capabilities: &capabilities{CostTypeNames: []string{name}, CostConstraints: true},
			Uses:         []string{network},
		}
	}
	// Strings and maps of strings always marshal.
	body, _ := json.Marshal(d, json.Deterministic(true), jsontext.WithIndent(" "))
	return body
}

package altoclient

import (
	"fmt"
	"slices"
)

// NetworkMaps returns all full network maps (RFC 7285 section 9.2.2), the default
// one first.
func (d *Directory) NetworkMaps() []Resource {
	var list []Resource
	for _, r := range d.Resources {
		if r.Accepts != "" || !isMediaType(r.MediaType, MediaTypeNetworkMap) {
			continue
		}
		if r.ID == d.DefaultNetworkMap {
			list = slices.Insert(list, 0, r)
		} else {
			list = append(list, r)
		}
	}
	return list
}

// networkMap returns the full network map called id, the default one if id is
// empty.
func (d *Directory) networkMap(id string) (Resource, error) {
	if id == "" {
		return d.NetworkMap()
	}
	for _, r := range d.NetworkMaps() {
		if r.ID == id {
			return r, nil
		}
	}
	return Resource{}, fmt.Errorf("directory: no full network map %q", id)
}

// FilteredNetworkMap returns the resource for parts of the network map called
// networkMap; see [Client.FilteredNetworkMap].
func (d *Directory) FilteredNetworkMap(networkMap string) (Resource, bool) {
	return d.service(MediaTypeNetworkMap, MediaTypeNetworkMapFilter, func(r Resource) bool {
		return slices.Contains(r.Uses, networkMap)
	})
}

// FilteredCostMap returns the resource for parts of a cost map of the given type
// about the network map called networkMap; see [Client.FilteredCostMap].
func (d *Directory) FilteredCostMap(networkMap string, costType CostType) (Resource, bool) {
	return d.service(MediaTypeCostMap, MediaTypeCostMapFilter, func(r Resource) bool {
		return slices.Contains(r.Uses, networkMap) && slices.Contains(r.CostTypes, costType)
	})
}

// MultiCostMap returns the resource that offers all of the given types at once
// about the network map called networkMap; see [Client.MultiCostMap].
func (d *Directory) MultiCostMap(networkMap string, types []CostType) (Resource, bool) {
	return d.service(MediaTypeCostMap, MediaTypeCostMapFilter, func(r Resource) bool {
		if !slices.Contains(r.Uses, networkMap) || r.MaxCostTypes < len(types) {
			return false
		}
		return !slices.ContainsFunc(types, func(t CostType) bool { return !slices.Contains(r.CostTypes, t) })
	})
}

// CostCalendar returns the resource that offers a calendar of the given type about
// the network map called networkMap; see [Client.MultiCostMap].
func (d *Directory) CostCalendar(networkMap string, t CostType) (Resource, bool) {
	return d.service(MediaTypeCostMap, MediaTypeCostMapFilter, func(r Resource) bool {
		_, ok := r.Calendar(t)
		return ok && slices.Contains(r.Uses, networkMap) && slices.Contains(r.CostTypes, t)
	})
}

// fullCostMap returns the full cost map of exactly the given type.
func (d *Directory) fullCostMap(networkMap string, t CostType) (Resource, bool) {
	i := slices.IndexFunc(d.Resources, func(r Resource) bool {
		return r.Accepts == "" && isMediaType(r.MediaType, MediaTypeCostMap) &&
			slices.Equal(r.CostTypes, []CostType{t}) && slices.Contains(r.Uses, networkMap)
	})
	if i < 0 {
		return Resource{}, false
	}
	return d.Resources[i], true
}

// EndpointProperties returns the resource that knows a property of addresses, such
// as [PIDProperty]; see [Client.EndpointProperties].
func (d *Directory) EndpointProperties(property string) (Resource, bool) {
	return d.service(MediaTypeEndpointProperties, MediaTypeEndpointPropertiesParams, func(r Resource) bool {
		return slices.Contains(r.Properties, property)
	})
}

// EndpointCosts returns the resource that knows costs of the given type between
// addresses; see [Client.EndpointCosts].
func (d *Directory) EndpointCosts(costType CostType) (Resource, bool) {
	return d.service(MediaTypeEndpointCosts, MediaTypeEndpointCostsParams, func(r Resource) bool {
		return slices.Contains(r.CostTypes, costType)
	})
}

func (d *Directory) service(mediaType, accepts string, fits func(Resource) bool) (Resource, bool) {
	i := slices.IndexFunc(d.Resources, func(r Resource) bool {
		return isMediaType(r.MediaType, mediaType) && isMediaType(r.Accepts, accepts) && fits(r)
	})
	if i < 0 {
		return Resource{}, false
	}
	return d.Resources[i], true
}

// Needs returns what the resource called id depends on, directly and through
// others (RFC 7285 section 9.1.5), each after what it needs itself. The whole
// closure of directories is searched; ids that lead nowhere are left out, and
// resources that need each other come once.
func (d *Directory) Needs(id string) []Resource {
	var list []Resource
	seen := map[string]bool{id: true}
	var visit func(id string)
	visit = func(id string) {
		r, _ := d.Resource(id)
		for _, used := range r.Uses {
			next, ok := d.Resource(used)
			if !ok || seen[used] {
				continue
			}
			seen[used] = true
			visit(used)
			list = append(list, next)
		}
	}
	visit(id)
	return list
}

// checkService keeps a question from a resource that does not take it (RFC 7285
// section 8.3.2).
func (r Resource) checkService(mediaType, accepts string) error {
	if !isMediaType(r.MediaType, mediaType) || !isMediaType(r.Accepts, accepts) {
		return fmt.Errorf("%s: does not give %s for %s", r.ID, mediaType, accepts)
	}
	return nil
}

// checkCosts compares a question with what r is capable of (RFC 7285 sections
// 11.3.2.3, 11.5.1.3).
func (r Resource) checkCosts(costType CostType, constraints []Constraint) error {
	switch {
	case !slices.Contains(r.CostTypes, costType):
		return fmt.Errorf("%s: does not offer %v", r.ID, costType)
	case len(constraints) > 0 && !r.CostConstraints:
		return fmt.Errorf("%s: does not take constraints", r.ID)
	}
	return nil
}

// post is the request of a service of RFC 7285, whose parameters are params.
func (r Resource) post(params []byte) request {
	return request{uri: r.URI, mediaType: r.MediaType, accepts: r.Accepts, params: params}
}

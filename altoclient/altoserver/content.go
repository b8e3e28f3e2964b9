package altoserver

import (
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/altracker/altracker/altoclient"
)

// Content is one or several network maps, each with the cost maps between its
// PIDs, and property maps. It never changes: where costs are calendars (RFC 8896),
// it is what the maps are at one time.
type Content struct {
	sets       []*mapSet // the default one first
	properties []*propertyMap
	pids       *altoclient.PropertyMap // of addresses, by the network maps
	pages      map[string]page         // by path; the directory included
	until      time.Time               // when the next slot of a calendar begins; zero: never

	resources func() []resource // see listResources; made when it is first asked for
	answers   answers
}

// NewContent checks the documents of a network map and of cost maps between its
// PIDs. What they leave out is filled in: the version tag of the network map,
// computed from its bytes, and in the cost maps the tag of the network map they
// depend on. A cost map that depends on another network map is refused, as is a
// second one of the same cost type (RFC 7285 section 11.2.3.5).
//
// A cost map may be of several cost types at once (RFC 8189 section 4.1.3) or a
// calendar (RFC 8896 section 5.1.2). Calendars of several cost types in one document
// name them as the directory does: num-routingcost, ord-routingcost.
func NewContent(networkMap []byte, costMaps ...[]byte) (*Content, error) {
	return (&Content{}).With(networkMap, costMaps...)
}

// With returns a Content that has another network map with its cost maps besides
// those of c. The first one stays the default. It fails as [NewContent] does, and
// if there is a resource of that id already.
func (c *Content) With(networkMap []byte, costMaps ...[]byte) (*Content, error) {
	return c.with(document{"network map", networkMap}, numbered("cost map", costMaps))
}

// document is what somebody gave us, with the name that errors give it.
type document struct {
	name string
	body []byte
}

func numbered(kind string, bodies [][]byte) []document {
	docs := make([]document, len(bodies))
	for i, body := range bodies {
		docs[i] = document{kind + " " + strconv.Itoa(i+1), body}
	}
	return docs
}

func (c *Content) with(networkMap document, costMaps []document) (*Content, error) {
	set := &mapSet{pids: make(map[string]uint32)}
	if err := set.readNetworkMap(networkMap.body); err != nil {
		return nil, fmt.Errorf("%s: %w", networkMap.name, err)
	}
	id := set.network.VersionTag().ResourceID
	if c.set(id) != nil {
		return nil, fmt.Errorf("%s: a second network map called %q", networkMap.name, id)
	}
	if len(c.sets) > 0 {
		set.path = pathMaps + "/" + id
	}
	for _, costMap := range costMaps {
		if err := set.readCostMap(costMap.body); err != nil {
			return nil, fmt.Errorf("%s: %w", costMap.name, err)
		}
	}
	return assemble(append(slices.Clip(c.sets), set), c.properties, time.Now())
}

// WithProperties returns a Content that has property maps (RFC 9240) besides what
// c has. What they leave out is filled in: the version tags of the network maps
// that their entities and properties belong to. A property map that depends on
// another version of a network map, or on one that c does not have, is refused, as
// is one about PIDs that the network map does not have.
func (c *Content) WithProperties(propertyMaps ...[]byte) (*Content, error) {
	return c.withProperties(numbered("property map", propertyMaps))
}

func (c *Content) withProperties(propertyMaps []document) (*Content, error) {
	all := slices.Clip(c.properties)
	for _, doc := range propertyMaps {
		p, err := c.readPropertyMap(doc.body, len(all))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", doc.name, err)
		}
		all = append(all, p)
	}
	return assemble(c.sets, all, time.Now())
}

// assemble makes a Content of what has been checked, as it is at a time.
func assemble(sets []*mapSet, properties []*propertyMap, now time.Time) (*Content, error) {
	c := &Content{properties: properties, pages: make(map[string]page)}
	var networks []*altoclient.NetworkMap
	for _, s := range sets {
		s = s.at(now)
		c.sets = append(c.sets, s)
		c.until = earlier(c.until, s.until(now))
		networks = append(networks, s.network)
		c.pages[s.path+pathNetworkMap] = s.page
		for _, k := range s.costs {
			c.pages[s.path+costMapPath(k.Type)] = k.page
		}
	}
	for _, p := range properties {
		c.pages[pathPropertyMap+"/"+p.id] = p.page
	}
	c.pids = altoclient.PIDProperties(networks...)
	c.resources = sync.OnceValue(c.listResources)
	directory, err := c.directory()
	if err != nil {
		return nil, err
	}
	c.pages[pathDirectory] = newPage(altoclient.MediaTypeDirectory, directory)
	return c, nil
}

// over tells whether c is something else by now.
func (c *Content) over(now time.Time) bool { return !c.until.IsZero() && !now.Before(c.until) }

// at returns what c is at a time, c itself if it is that for some while yet.
func (c *Content) at(now time.Time) *Content {
	if !c.over(now) {
		return c
	}
	// It has been assembled before.
	next, _ := assemble(c.sets, c.properties, now)
	return next
}

// earlier returns the earlier of two times; zero means never.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// VersionTag returns the version tag of the default network map.
func (c *Content) VersionTag() altoclient.VersionTag { return c.sets[0].network.VersionTag() }

// set returns the maps of the network map called id, the default ones if it is
// empty; nil if there are none.
func (c *Content) set(id string) *mapSet {
	if id == "" && len(c.sets) > 0 {
		return c.sets[0]
	}
	for _, s := range c.sets {
		if s.network.VersionTag().ResourceID == id {
			return s
		}
	}
	return nil
}

package altoserver

import (
	"bytes"
	"fmt"
	"slices"
	"sync"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/altracker/altracker/altoclient"
)

// Content is one or several network maps, each with the cost maps between its
// PIDs. It never changes.
type Content struct {
	sets  []*mapSet       // the default one first
	pages map[string]page // by path; the directory included

	resources func() []resource // see listResources; made when it is first asked for
}

// mapSet is a network map with its cost maps.
type mapSet struct {
	path    string // before the paths of the set's resources
	network *altoclient.NetworkMap
	costs   []*altoclient.CostMap
	pids    map[string]uint32
}

// The id of a network map whose document does not name itself.
const networkMapID = "default-network-map"

// NewContent checks the documents of a network map and of cost maps between its
// PIDs. What they leave out is filled in: the version tag of the network map,
// computed from its bytes, and in the cost maps the tag of the network map they
// depend on. A cost map that depends on another network map is refused, as is a
// second one of the same cost type (RFC 7285 section 11.2.3.5).
func NewContent(networkMap []byte, costMaps ...[]byte) (*Content, error) {
	return (&Content{}).With(networkMap, costMaps...)
}

// With returns a Content that has another network map with its cost maps besides
// those of c. The first one stays the default. It fails as [NewContent] does, and
// if there is a network map of that resource id already.
func (c *Content) With(networkMap []byte, costMaps ...[]byte) (*Content, error) {
	set := &mapSet{pids: make(map[string]uint32)}
	pages := make(map[string]page)
	for path, p := range c.pages {
		pages[path] = p
	}
	doc, err := set.readNetworkMap(networkMap)
	if err != nil {
		return nil, fmt.Errorf("network map: %w", err)
	}
	id := set.network.VersionTag().ResourceID
	if c.set(id) != nil {
		return nil, fmt.Errorf("network map: a second one called %q", id)
	}
	if len(c.sets) > 0 {
		set.path = pathMaps + "/" + id
	}
	pages[set.path+pathNetworkMap] = newPage(altoclient.MediaTypeNetworkMap, doc)
	for i, costMap := range costMaps {
		m, doc, err := set.readCostMap(costMap)
		if err != nil {
			return nil, fmt.Errorf("cost map %d: %w", i+1, err)
		}
		set.costs = append(set.costs, m)
		pages[set.path+costMapPath(m.CostType())] = newPage(altoclient.MediaTypeCostMap, doc)
	}
	next := &Content{sets: append(slices.Clip(c.sets), set), pages: pages}
	next.resources = sync.OnceValue(next.listResources)
	pages[pathDirectory] = newPage(altoclient.MediaTypeDirectory, next.directory())
	return next, nil
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

// cost returns the cost map of a type, nil if there is none.
func (s *mapSet) cost(t altoclient.CostType) *altoclient.CostMap {
	for _, m := range s.costs {
		if m.CostType() == t {
			return m
		}
	}
	return nil
}

// readNetworkMap returns the document to send.
func (s *mapSet) readNetworkMap(doc []byte) ([]byte, error) {
	sum := digest(doc)
	doc, err := withMeta(doc, func(meta map[string]jsontext.Value) error {
		if _, ok := meta["vtag"]; ok {
			return nil
		}
		var err error
		meta["vtag"], err = json.Marshal(map[string]string{"resource-id": networkMapID, "tag": sum}, json.Deterministic(true))
		return err
	})
	if err != nil {
		return nil, err
	}
	if s.network, err = altoclient.ParseNetworkMap(bytes.NewReader(doc), altoclient.Limits{}); err != nil {
		return nil, err
	}
	for pid := 1; pid <= s.network.PIDs(); pid++ {
		s.pids[s.network.Name(uint32(pid))] = uint32(pid)
	}
	return doc, nil
}

// readCostMap returns the document to send, too.
func (s *mapSet) readCostMap(doc []byte) (*altoclient.CostMap, []byte, error) {
	tag := s.network.VersionTag()
	doc, err := withMeta(doc, func(meta map[string]jsontext.Value) error {
		if _, ok := meta["dependent-vtags"]; ok {
			return nil
		}
		var err error
		meta["dependent-vtags"], err = json.Marshal([]map[string]string{{"resource-id": tag.ResourceID, "tag": tag.Tag}}, json.Deterministic(true))
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	m, err := altoclient.ParseCostMap(bytes.NewReader(doc), s.network, altoclient.Limits{})
	switch {
	case err != nil:
		return nil, nil, err
	case m.NetworkMap() != tag:
		return nil, nil, fmt.Errorf("depends on %v, the network map is %v: %w", m.NetworkMap(), tag, altoclient.ErrSkew)
	case m.Dropped() > 0:
		return nil, nil, fmt.Errorf("%d costs are of PIDs that the network map does not have", m.Dropped())
	case s.cost(m.CostType()) != nil:
		return nil, nil, fmt.Errorf("a second cost map of %v", m.CostType())
	}
	return m, doc, nil
}

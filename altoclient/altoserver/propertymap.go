package altoserver

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/gorilla/mux"

	"github.com/altracker/altracker/altoclient"
)

// propertyMap is a property map (RFC 9240) that is a document.
type propertyMap struct {
	id       string
	parsed   *altoclient.PropertyMap
	page     page
	mappings map[string][]string
}

// The id of a property map whose document does not name itself; further ones are
// numbered.
const propertyMapID = "property-map"

// readPropertyMap checks the document of the property map number n, from 0.
func (c *Content) readPropertyMap(doc []byte, n int) (*propertyMap, error) {
	m, err := altoclient.ParsePropertyMap(bytes.NewReader(doc), altoclient.Limits{})
	if err != nil {
		return nil, err
	}
	p := &propertyMap{id: m.VersionTag().ResourceID, mappings: m.Mappings()}
	if p.id == "" {
		p.id = propertyMapID
		if n > 0 {
			p.id += "-" + strconv.Itoa(n+1)
		}
	}
	needed, err := c.uses(p)
	if err != nil {
		return nil, err
	}
	if doc, err = withDependentTags(doc, needed); err != nil {
		return nil, err
	}
	if p.parsed, err = altoclient.ParsePropertyMap(bytes.NewReader(doc), altoclient.Limits{}); err != nil {
		return nil, err
	}
	if err := c.checkProperties(p, needed); err != nil {
		return nil, err
	}
	p.page = newPage(altoclient.MediaTypePropertyMap, doc)
	return p, nil
}

// uses returns the network maps that define the entity domains and properties of p
// (RFC 9240 section 7.5), in the order of c.
func (c *Content) uses(p *propertyMap) ([]*mapSet, error) {
	named := make(map[string]bool)
	for domain, properties := range p.mappings {
		for _, name := range append([]string{domain}, properties...) {
			id := altoclient.ResourceOf(name)
			if id != "" && id != p.id && c.set(id) == nil {
				return nil, fmt.Errorf("%s belongs to %s, and there is no network map of that id", name, id)
			}
			named[id] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(c.sets), func(s *mapSet) bool { return !named[s.network.VersionTag().ResourceID] }), nil
}

// withDependentTags returns doc with the version tags of sets if it has none.
func withDependentTags(doc []byte, sets []*mapSet) ([]byte, error) {
	return withMeta(doc, func(meta map[string]jsontext.Value) (err error) {
		if _, ok := meta["dependent-vtags"]; ok || len(sets) == 0 {
			return nil
		}
		var tags []vtag
		for _, s := range sets {
			tags = append(tags, tagOf(s.network.VersionTag()))
		}
		meta["dependent-vtags"], err = json.Marshal(tags)
		return err
	})
}

// checkProperties compares a property map with the network maps that it is about.
func (c *Content) checkProperties(p *propertyMap, needed []*mapSet) error {
	tags := p.parsed.VersionTags()
	for _, tag := range tags {
		s := c.set(tag.ResourceID)
		if s == nil {
			return fmt.Errorf("depends on %v, and there is no network map of that id", tag)
		}
		if have := s.network.VersionTag(); have != tag {
			return fmt.Errorf("depends on %v, the network map is %v: %w", tag, have, altoclient.ErrSkew)
		}
	}
	for _, s := range needed {
		tag := s.network.VersionTag()
		if !slices.Contains(tags, tag) {
			return fmt.Errorf("is about %s, and dependent-vtags does not have it", tag.ResourceID)
		}
		for _, pid := range p.parsed.PIDs(tag.ResourceID) {
			if s.pids[pid] == 0 {
				return fmt.Errorf("is about PID %s, and the network map %s does not have it", pid, tag.ResourceID)
			}
		}
	}
	return nil
}

// propertyMapFilter is RFC 9240 section 8.3.
type propertyMapFilter struct {
	Entities   *[]string `json:"entities"`
	Properties *[]string `json:"properties"`
}

func (s *Server) filterPropertyMap(w http.ResponseWriter, r *http.Request) {
	c := s.latest()
	id := mux.Vars(r)["map"]
	i := slices.IndexFunc(c.properties, func(p *propertyMap) bool { return p.id == id })
	if i < 0 {
		http.NotFound(w, r)
		return
	}
	s.answerProperties(w, r, c.properties[i].parsed, c.properties[i].mappings)
}

// filterPIDs says which PIDs prefixes are in (RFC 9240 section 8.7).
func (s *Server) filterPIDs(w http.ResponseWriter, r *http.Request) {
	c := s.latest()
	s.answerProperties(w, r, c.pids, c.pids.Mappings())
}

func (s *Server) answerProperties(w http.ResponseWriter, r *http.Request, m *altoclient.PropertyMap, mappings map[string][]string) {
	body, ok := s.body(w, r, altoclient.MediaTypePropertyMapFilter)
	if !ok {
		return
	}
	var params propertyMapFilter
	fault := decode(body, &params)
	if fault == nil {
		fault = params.check(mappings)
	}
	if fault != nil {
		refuse(w, *fault)
		return
	}
	filter := altoclient.PropertyFilter{Entities: *params.Entities, NoValues: params.Properties == nil}
	if params.Properties != nil {
		filter.Properties = once(*params.Properties)
	}
	sendZipped(w, r, altoclient.MediaTypePropertyMap, m.AppendFiltered(nil, filter))
}

// check finds what RFC 9240 section 8.6 calls invalid. That there is nothing to
// say of an entity or a property is no fault.
func (p propertyMapFilter) check(mappings map[string][]string) *altoclient.ErrorDocument {
	if p.Entities == nil {
		return missing("entities")
	}
	for _, entity := range *p.Entities {
		domain, err := altoclient.CheckEntity(entity)
		if _, ok := mappings[domain]; err != nil || !ok {
			return invalid("entities", entity)
		}
	}
	if p.Properties == nil {
		return nil
	}
	known := make(map[string]bool)
	for _, properties := range mappings {
		for _, property := range properties {
			known[property] = true
		}
	}
	for _, property := range *p.Properties {
		if !known[property] {
			return invalid("properties", property)
		}
	}
	return nil
}

// once returns list without what it has again.
func once(list []string) []string {
	seen := make(map[string]bool)
	return slices.DeleteFunc(slices.Clone(list), func(text string) bool {
		again := seen[text]
		seen[text] = true
		return again
	})
}

package altoserver

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/altracker/altracker/altoclient"
)

// Content is one consistent set of maps. It never changes.
type Content struct {
	network *altoclient.NetworkMap
	costs   []*altoclient.CostMap
	pages   map[string]page // by path; the directory included
	pids    map[string]uint32
}

// page is a document that is ready to be sent.
type page struct {
	mediaType string
	body      []byte
	etag      string
}

func newPage(mediaType string, body []byte) page {
	return page{mediaType, body, `"` + digest(body) + `"`}
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:20])
}

// The id of a network map whose document does not name itself.
const networkMapID = "default-network-map"

// NewContent checks the documents of a network map and of cost maps between its
// PIDs. What they leave out is filled in: the version tag of the network map,
// computed from its bytes, and in the cost maps the tag of the network map they
// depend on. A cost map that depends on another network map is refused, as is a
// second one of the same cost type (RFC 7285 section 11.2.3.5).
func NewContent(networkMap []byte, costMaps ...[]byte) (*Content, error) {
	c := &Content{pages: make(map[string]page), pids: make(map[string]uint32)}
	if err := c.addNetworkMap(networkMap); err != nil {
		return nil, fmt.Errorf("network map: %w", err)
	}
	for i, doc := range costMaps {
		if err := c.addCostMap(doc); err != nil {
			return nil, fmt.Errorf("cost map %d: %w", i+1, err)
		}
	}
	c.pages[pathDirectory] = newPage(altoclient.MediaTypeDirectory, c.directory())
	return c, nil
}

// VersionTag returns the version tag of the network map.
func (c *Content) VersionTag() altoclient.VersionTag { return c.network.VersionTag() }

func (c *Content) addNetworkMap(doc []byte) error {
	sum := digest(doc)
	doc, err := withMeta(doc, func(meta map[string]jsontext.Value) error {
		if _, ok := meta["vtag"]; ok {
			return nil
		}
		var err error
		meta["vtag"], err = json.Marshal(map[string]string{"resource-id": networkMapID, "tag": sum})
		return err
	})
	if err != nil {
		return err
	}
	if c.network, err = altoclient.ParseNetworkMap(bytes.NewReader(doc), altoclient.Limits{}); err != nil {
		return err
	}
	for pid := 1; pid <= c.network.PIDs(); pid++ {
		c.pids[c.network.Name(uint32(pid))] = uint32(pid)
	}
	c.pages[pathNetworkMap] = newPage(altoclient.MediaTypeNetworkMap, doc)
	return nil
}

func (c *Content) addCostMap(doc []byte) error {
	tag := c.network.VersionTag()
	doc, err := withMeta(doc, func(meta map[string]jsontext.Value) error {
		if _, ok := meta["dependent-vtags"]; ok {
			return nil
		}
		var err error
		meta["dependent-vtags"], err = json.Marshal([]map[string]string{{"resource-id": tag.ResourceID, "tag": tag.Tag}})
		return err
	})
	if err != nil {
		return err
	}
	m, err := altoclient.ParseCostMap(bytes.NewReader(doc), c.network, altoclient.Limits{})
	if err != nil {
		return err
	}
	if m.NetworkMap() != tag {
		return fmt.Errorf("depends on %v, the network map is %v: %w", m.NetworkMap(), tag, altoclient.ErrSkew)
	}
	if m.Dropped() > 0 {
		return fmt.Errorf("%d costs are of PIDs that the network map does not have", m.Dropped())
	}
	at := costMapPath(m.CostType())
	if _, ok := c.pages[at]; ok {
		return fmt.Errorf("a second cost map of %v", m.CostType())
	}
	c.costs = append(c.costs, m)
	c.pages[at] = newPage(altoclient.MediaTypeCostMap, doc)
	return nil
}

// withMeta returns doc with its meta object changed by edit; doc itself if edit
// changes nothing.
func withMeta(doc []byte, edit func(meta map[string]jsontext.Value) error) ([]byte, error) {
	var members map[string]jsontext.Value
	if err := json.Unmarshal(doc, &members); err != nil {
		return nil, err
	}
	meta := make(map[string]jsontext.Value)
	if raw, ok := members["meta"]; ok {
		if err := json.Unmarshal(raw, &meta); err != nil {
			return nil, err
		}
	}
	if meta == nil || members == nil {
		return nil, errors.New("want an object with an object called meta")
	}
	before := len(meta)
	if err := edit(meta); err != nil || len(meta) == before {
		return doc, err
	}
	raw, err := json.Marshal(meta, json.Deterministic(true))
	if err != nil {
		return nil, err
	}
	out := append([]byte(`{"meta":`), raw...)
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if name == "meta" {
			continue
		}
		out = append(out, ',')
		out, _ = jsontext.AppendQuote(out, name)
		out = append(out, ':')
		out = append(out, members[name]...)
	}
	return append(out, '}'), nil
}

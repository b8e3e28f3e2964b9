package altoserver

import (
	"crypto/rand"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/altracker/altracker/altoclient"
)

// resource is a map that there are updates of.
type resource struct {
	subject
	mediaType string
	tag       string
	body      []byte
	costs     *altoclient.CostMap // nil for other maps
}

// listResources returns the maps that there are updates of, each network map
// before what depends on it, as they must be sent (RFC 8895 section 6.7.1). Of a
// calendar that is the map of the slot that holds now.
func (c *Content) listResources() []resource {
	var all []resource
	for i, set := range c.sets {
		vtag := set.network.VersionTag()
		all = append(all, resource{
			subject: subject{id: vtag.ResourceID}, tag: vtag.Tag,
			mediaType: altoclient.MediaTypeNetworkMap, body: set.page.body,
		})
		for _, k := range set.costs {
			r := taggedResource(costMapID(i, k.Type), k.now().VersionTag(), k.page)
			r.costs = k.now()
			all = append(all, r)
		}
	}
	for _, p := range c.properties {
		all = append(all, taggedResource(p.id, p.parsed.VersionTag(), p.page))
	}
	return all
}

// taggedResource gives a map that has no version tag one that depends on its
// bytes, so that clients can say what they have (RFC 8895 section 6.5).
func taggedResource(id string, has altoclient.VersionTag, p page) resource {
	r := resource{subject: subject{id: id}, tag: has.Tag, mediaType: p.mediaType, body: p.body}
	if r.tag == "" {
		tagged, err := withMeta(p.body, func(meta map[string]jsontext.Value) (err error) {
			meta["vtag"], err = json.Marshal(vtag{id, p.sum})
			return err
		})
		if err == nil { // it has been parsed before
			r.tag, r.body = p.sum, tagged
		}
	}
	return r
}

// resource returns a map, or the answer to a question.
func (c *Content) resource(s subject) (resource, bool) {
	if s.input != "" {
		return c.answer(s)
	}
	all := c.resources()
	i := slices.IndexFunc(all, func(r resource) bool { return r.id == s.id })
	if i < 0 {
		return resource{}, false
	}
	return all[i], true
}

// update returns the whole document.
func (r resource) update() update { return update{r.mediaType, r.body} }

// setPrefix is what the ids of resources of a set of maps begin with.
func setPrefix(set int) string {
	if set == 0 {
		return ""
	}
	return strconv.Itoa(set+1) + "-"
}

func costMapID(set int, t altoclient.CostType) string {
	return setPrefix(set) + costTypeName(t) + "-map"
}

// addUpdates lists the two services that have updates of all maps. Only streams have
// those of answers too: a view outlives whoever asks for it.
func (d *directory) addUpdates(c *Content) {
	var ids []string
	for i, set := range c.sets {
		ids = append(ids, set.network.VersionTag().ResourceID)
		for _, k := range set.costs {
			ids = append(ids, costMapID(i, k.Type))
		}
	}
	for _, p := range c.properties {
		ids = append(ids, p.id)
	}
	changes := make(map[string]string)
	for _, id := range ids {
		changes[id] = altoclient.MediaTypeMergePatch
	}
	d.add("tips", entry{
		URI:          pathTIPS,
		MediaType:    altoclient.MediaTypeTIPS,
		Accepts:      altoclient.MediaTypeTIPSParams,
		Capabilities: &capabilities{IncrementalChanges: maps.Clone(changes)},
		Uses:         slices.Clone(ids),
	})
	for _, id := range c.asked() {
		ids = append(ids, id)
		changes[id] = altoclient.MediaTypeMergePatch
	}
	d.add("update-stream", entry{
		URI:          pathUpdates,
		MediaType:    altoclient.MediaTypeEventStream,
		Accepts:      altoclient.MediaTypeUpdateStreamParams,
		Capabilities: &capabilities{IncrementalChanges: changes, StreamControl: true},
		Uses:         ids,
	})
}

// hub tells those who wait for updates when there is something new. It keeps no
// queue for anybody: who is slow misses steps, and gets one change that makes up
// for them.
type hub struct {
	mu      sync.Mutex // guards what follows
	changed chan struct{}
	closed  bool
	streams map[string]*stream // by secret
	views   map[string]*tipsView
	polls   int // TIPS requests that wait
	memo    map[step]update
}

// step is from one version of a resource to another.
type step struct {
	from, to *Content
	of       subject
}

// update is what leads from one version to another.
type update struct {
	mediaType string
	body      []byte // nil: they are the same
}

func newHub() *hub {
	return &hub{
		changed: make(chan struct{}),
		streams: make(map[string]*stream),
		views:   make(map[string]*tipsView),
		memo:    make(map[step]update),
	}
}

// signal returns what is closed when something has changed, or nil if the server
// is closed.
func (h *hub) signal() <-chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil
	}
	return h.changed
}

// publish is called when there is a new latest content.
func (h *hub) publish(latest func() *Content) {
	h.mu.Lock()
	views := make([]*tipsView, 0, len(h.views))
	for _, v := range h.views {
		views = append(views, v)
	}
	clear(h.memo)
	h.mu.Unlock()
	for _, v := range views {
		v.publish(latest, h)
	}
	h.wake()
}

func (h *hub) wake() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.closed {
		close(h.changed)
		h.changed = make(chan struct{})
	}
}

func (h *hub) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.closed {
		h.closed = true
		close(h.changed)
	}
}

// change returns what leads from one version of a resource to another; most of
// those who ask want the same step.
func (h *hub) change(from, to *Content, r resource) update {
	key := step{from, to, r.subject}
	h.mu.Lock()
	u, ok := h.memo[key]
	h.mu.Unlock()
	if ok {
		return u
	}
	u = change(from, to, r)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.memo[key] = u
	return u
}

// secret is what cannot be guessed (RFC 8895 section 7.1).
func secret() string { return strings.ToLower(rand.Text()) }

// Close ends all update streams and requests that wait, so that an
// [http.Server.Shutdown] does not wait for them. The rest is answered as before.
func (s *Server) Close() { s.hub.close() }

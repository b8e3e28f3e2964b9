package altoserver

import (
	"crypto/rand"
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
	id        string
	mediaType string
	tag       string
	body      []byte
	costs     *altoclient.CostMap // nil for a network map
}

// listResources returns the maps that there are updates of, each network map
// before its cost maps, as they must be sent (RFC 8895 section 6.7.1).
func (c *Content) listResources() []resource {
	var all []resource
	for i, set := range c.sets {
		vtag := set.network.VersionTag()
		all = append(all, resource{
			id: vtag.ResourceID, tag: vtag.Tag,
			mediaType: altoclient.MediaTypeNetworkMap, body: c.pages[set.path+pathNetworkMap].body,
		})
		for _, m := range set.costs {
			all = append(all, costResource(costMapID(i, m.CostType()), m, c.pages[set.path+costMapPath(m.CostType())]))
		}
	}
	return all
}

// costResource gives a cost map that has no version tag one that depends on its
// bytes, so that clients can say what they have (RFC 8895 section 6.5).
func costResource(id string, m *altoclient.CostMap, p page) resource {
	r := resource{id: id, tag: m.VersionTag().Tag, mediaType: p.mediaType, body: p.body, costs: m}
	if r.tag == "" {
		tagged, err := withMeta(p.body, func(meta map[string]jsontext.Value) (err error) {
			meta["vtag"], err = json.Marshal(map[string]string{"resource-id": id, "tag": p.sum}, json.Deterministic(true))
			return err
		})
		if err == nil { // it has been parsed before
			r.tag, r.body = p.sum, tagged
		}
	}
	return r
}

func (c *Content) resource(id string) (resource, bool) {
	all := c.resources()
	i := slices.IndexFunc(all, func(r resource) bool { return r.id == id })
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

// addUpdates lists the two services that have updates of all maps.
func (d *directory) addUpdates(c *Content) {
	var ids []string
	for i, set := range c.sets {
		ids = append(ids, set.network.VersionTag().ResourceID)
		for _, m := range set.costs {
			ids = append(ids, costMapID(i, m.CostType()))
		}
	}
	changes := make(map[string]string)
	for _, id := range ids {
		changes[id] = altoclient.MediaTypeMergePatch
	}
	d.Resources["update-stream"] = entry{
		URI:          pathUpdates,
		MediaType:    altoclient.MediaTypeEventStream,
		Accepts:      altoclient.MediaTypeUpdateStreamParams,
		Capabilities: &capabilities{IncrementalChanges: changes, StreamControl: true},
		Uses:         ids,
	}
	d.Resources["tips"] = entry{
		URI:          pathTIPS,
		MediaType:    altoclient.MediaTypeTIPS,
		Accepts:      altoclient.MediaTypeTIPSParams,
		Capabilities: &capabilities{IncrementalChanges: changes},
		Uses:         ids,
	}
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
	id       string
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
	key := step{from, to, r.id}
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

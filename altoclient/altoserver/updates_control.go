package altoserver

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/gorilla/mux"

	"github.com/altracker/altracker/altoclient"
)

// idPattern is RFC 7285 section 10.2.
var idPattern = regexp.MustCompile(`^[-0-9A-Za-z:@_.]{1,64}$`)

// change adds and removes substreams, or does nothing and says what is wrong (RFC
// 8895 sections 6.6 and 7.6).
func (st *stream) change(params altoclient.UpdateStreamParams, content *Content) *altoclient.ErrorDocument {
	st.mu.Lock()
	defer st.mu.Unlock()
	if fault := st.checkAdd(params.Add, content); fault != nil {
		return fault
	}
	var remove []string
	if params.Remove != nil {
		remove = *params.Remove
		switch {
		case len(remove) == 0 && len(params.Add) > 0:
			return invalid("remove", "[]")
		case len(remove) == 0:
			remove = slices.Sorted(maps.Keys(st.active))
		}
		unknown := slices.DeleteFunc(slices.Clone(remove), func(id string) bool { return st.used[id] })
		if len(unknown) > 0 {
			return invalid("remove", list(unknown))
		}
	}
	for id, add := range params.Add {
		st.used[id] = true
		st.active[id] = &substream{
			id: id, of: subjectOf(add), tag: add.Tag,
			incremental: add.Incremental == nil || *add.Incremental,
		}
	}
	for _, id := range remove {
		if st.active[id] != nil {
			delete(st.active, id)
			st.stopped = append(st.stopped, id)
		}
	}
	return nil
}

func (st *stream) checkAdd(add map[string]altoclient.AddUpdates, content *Content) *altoclient.ErrorDocument {
	var bad []string
	inputs := 0
	for _, sub := range st.active {
		inputs += min(1, len(sub.of.input))
	}
	for _, id := range slices.Sorted(maps.Keys(add)) {
		if inputs += min(1, len(add[id].Input)); inputs > maxInputs || st.used[id] || !idPattern.MatchString(id) {
			bad = append(bad, id)
			continue
		}
		if fault := content.check(subjectOf(add[id])); fault != nil {
			fault.Field = strings.TrimSuffix("add/"+id+"/"+fault.Field, "/")
			return fault
		}
	}
	if bad != nil {
		return invalid("add", list(bad))
	}
	return nil
}

// list is how one or several ids are written into the value of an error.
func list(ids []string) string {
	if len(ids) == 1 {
		return ids[0]
	}
	text, _ := json.Marshal(ids)
	return string(text)
}

// controlStream is the stream control service (RFC 8895 section 7).
func (s *Server) controlStream(w http.ResponseWriter, r *http.Request) {
	body, ok := s.body(w, r, altoclient.MediaTypeUpdateStreamParams)
	if !ok {
		return
	}
	var params altoclient.UpdateStreamParams
	if fault := decode(body, &params); fault != nil {
		refuse(w, *fault)
		return
	}
	s.hub.mu.Lock()
	st := s.hub.streams[mux.Vars(r)["stream"]]
	s.hub.mu.Unlock()
	if st == nil {
		http.NotFound(w, r)
		return
	}
	if len(params.Add) == 0 && params.Remove == nil {
		refuse(w, *missing("add"))
		return
	}
	if fault := st.change(params, s.latest()); fault != nil {
		refuse(w, *fault)
		return
	}
	s.hub.wake()
	w.WriteHeader(http.StatusAccepted)
}

package altoserver

import (
	"sync"

	"github.com/altracker/altracker/altoclient"
)

// subject is what there may be updates of: a map or, with an input, the answer of a
// filtered cost map (RFC 8895 section 6.5).
type subject struct {
	id    string
	input string // canonical JSON; empty for a map
}

// maxInputs bounds the answers that one stream follows: each is made anew whenever
// the maps change.
const maxInputs = 16

// subjectOf reads what a stream is to be about.
func subjectOf(add altoclient.AddUpdates) subject {
	input := add.Input.Clone()
	if input == nil || input.Kind() == 'n' || input.Canonicalize() != nil { // ill-formed input does not get here
		return subject{id: add.ResourceID}
	}
	return subject{add.ResourceID, string(input)}
}

// asked lists the resources whose answers there are updates of.
func (c *Content) asked() []string {
	var ids []string
	for i, set := range c.sets {
		for _, k := range set.costs {
			ids = append(ids, costMapID(i, k.Type)+suffixFiltered)
		}
		if set.multi() {
			ids = append(ids, setPrefix(i)+multiCostMapID)
		}
	}
	return ids
}

// service returns what a resource of that list can be asked; nil if there is none of
// that id.
func (c *Content) service(id string) (*mapSet, offer) {
	for i, set := range c.sets {
		for _, k := range set.costs {
			if id == costMapID(i, k.Type)+suffixFiltered {
				return set, offer{types: []altoclient.CostType{k.Type}}
			}
		}
		if set.multi() && id == setPrefix(i)+multiCostMapID {
			return set, offer{types: set.types(), multi: true}
		}
	}
	return nil, offer{}
}

// check finds what is wrong with what a stream is to be about; fields are those of
// an entry of add.
func (c *Content) check(s subject) *altoclient.ErrorDocument {
	set, o := c.service(s.id)
	if set == nil {
		_, ok := c.resource(subject{id: s.id})
		switch {
		case s.id == "":
			return missing("resource-id")
		case !ok:
			return invalid("resource-id", s.id)
		case s.input != "":
			return invalid("input", s.input)
		}
		return nil
	}
	if s.input == "" {
		return missing("input")
	}
	_, _, fault := readCostMapFilter([]byte(s.input), o)
	if fault != nil {
		fault.Field = "input/" + fault.Field
	}
	return fault
}

// answers keeps what has been asked of a Content: there are streams that follow the
// same, and each change is made of two.
type answers struct {
	mu    sync.Mutex // guards what follows
	kept  map[subject]resource
	bytes int
}

// maxAnswers bounds what is kept, in bytes. What is beyond it is made again each
// time.
const maxAnswers = 64 << 20

// answer asks a filtered cost map. It returns false if there is none, or if what is
// asked is no more offered.
func (c *Content) answer(s subject) (resource, bool) {
	c.answers.mu.Lock()
	r, ok := c.answers.kept[s]
	c.answers.mu.Unlock()
	if ok {
		return r, true
	}
	set, o := c.service(s.id)
	if set == nil {
		return resource{}, false
	}
	filter, q, fault := readCostMapFilter([]byte(s.input), o)
	if fault != nil {
		return resource{}, false
	}
	body := set.filtered(filter, q)
	r = taggedResource(s.id, altoclient.VersionTag{}, page{mediaType: altoclient.MediaTypeCostMap, body: body, sum: digest(body)})
	r.subject = s
	c.answers.keep(r)
	return r, true
}

func (a *answers) keep(r resource) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, ok := a.kept[r.subject]; ok || a.bytes+len(r.body) > maxAnswers {
		return
	}
	if a.kept == nil {
		a.kept = make(map[subject]resource)
	}
	a.kept[r.subject] = r
	a.bytes += len(r.body)
}

package altoserver

import (
	"bytes"
	"slices"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/altracker/altracker/altoclient"
)

// mapSet is a network map with its cost maps.
type mapSet struct {
	path    string // before the paths of the set's resources
	network *altoclient.NetworkMap
	page    page // the network map
	costs   []costs
	pids    map[string]uint32
}

// The id of a network map whose document does not name itself.
const networkMapID = "default-network-map"

func (s *mapSet) readNetworkMap(doc []byte) error {
	sum := digest(doc)
	doc, err := withMeta(doc, func(meta map[string]jsontext.Value) error {
		if _, ok := meta["vtag"]; ok {
			return nil
		}
		var err error
		meta["vtag"], err = json.Marshal(vtag{networkMapID, sum})
		return err
	})
	if err != nil {
		return err
	}
	if s.network, err = altoclient.ParseNetworkMap(bytes.NewReader(doc), altoclient.Limits{}); err != nil {
		return err
	}
	for pid := 1; pid <= s.network.PIDs(); pid++ {
		s.pids[s.network.Name(uint32(pid))] = uint32(pid)
	}
	s.page = newPage(altoclient.MediaTypeNetworkMap, doc)
	return nil
}

// cost returns what there is of a cost type.
func (s *mapSet) cost(t altoclient.CostType) (costs, bool) {
	i := slices.IndexFunc(s.costs, func(k costs) bool { return k.Type == t })
	if i < 0 {
		return costs{}, false
	}
	return s.costs[i], true
}

// types returns the cost types that there are maps of.
func (s *mapSet) types() []altoclient.CostType {
	types := make([]altoclient.CostType, len(s.costs))
	for i, k := range s.costs {
		types[i] = k.Type
	}
	return types
}

// at returns the set as it is at a time, s itself if it is that already.
func (s *mapSet) at(now time.Time) *mapSet {
	turned := slices.Clone(s.costs)
	changed := false
	for i := range turned {
		changed = turned[i].turn(now) || changed
	}
	if !changed {
		return s
	}
	next := *s
	next.costs = turned
	return &next
}

// until returns when, after now, a cost map may be another one; zero if never.
func (s *mapSet) until(now time.Time) (first time.Time) {
	for _, k := range s.costs {
		first = earlier(first, k.page.until)
	}
	// Calendars may have intervals of any size (RFC 8896 section 4.1), and who
	// follows a map has work with each.
	if least := now.Add(time.Second); !first.IsZero() && first.Before(least) {
		return least
	}
	return first
}

// numbers returns the PIDs that have the names, each once; all of them if there
// are no names. Names that are not known are ignored (RFC 7285 sections 11.3.1.6,
// 11.3.2.6).
func (s *mapSet) numbers(names []string) []uint32 {
	if len(names) == 0 {
		all := make([]uint32, s.network.PIDs())
		for i := range all {
			all[i] = uint32(i + 1)
		}
		return all
	}
	pids := make([]uint32, 0, len(names))
	seen := make(map[uint32]bool)
	for _, name := range names {
		if pid, ok := s.pids[name]; ok && !seen[pid] {
			seen[pid] = true
			pids = append(pids, pid)
		}
	}
	return pids
}

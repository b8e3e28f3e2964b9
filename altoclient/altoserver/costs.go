package altoserver

import (
	"bytes"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/altracker/altracker/altoclient"
)

// costs is what a mapSet has of one cost type. Who does not ask for a calendar gets
// the costs of the slot that holds now, as if there were no others.
type costs struct {
	altoclient.CostColumn
	slot int
	page page // the full map of that slot
}

func (k costs) now() *altoclient.CostMap { return k.Slots[k.slot] }

// calendar tells whether the costs change with time, or did once.
func (k costs) calendar() bool { return k.Calendar.Intervals > 0 }

// turn goes over to the slot that holds at now, and tells whether it is another.
func (k *costs) turn(now time.Time) bool {
	slot := k.Calendar.Slot(now)
	if slot == k.slot && k.page.body != nil {
		return false
	}
	k.slot = slot
	k.page = newPage(altoclient.MediaTypeCostMap, k.now().AppendJSON(nil))
	k.page.until, _ = k.Calendar.Border(now)
	return true
}

// readCostMap adds what a document has of one cost type or several.
func (s *mapSet) readCostMap(doc []byte) error {
	tag := s.network.VersionTag()
	plain := true
	names := make(map[string]altoclient.CostType)
	doc, err := withMeta(doc, func(meta map[string]jsontext.Value) (err error) {
		_, calendar := meta["calendar-response-attributes"]
		list, several := meta["multi-cost-types"]
		plain = !calendar && !several
		var types []costType
		if several && json.Unmarshal(list, &types) == nil { // if not, the parser says why
			for _, t := range types {
				t := altoclient.CostType{Metric: t.Metric, Mode: t.Mode}
				names[costTypeName(t)] = t
			}
		}
		if _, ok := meta["dependent-vtags"]; !ok {
			meta["dependent-vtags"], err = json.Marshal([]vtag{tagOf(tag)})
		}
		return err
	})
	if err != nil {
		return err
	}
	if plain {
		m, err := altoclient.ParseCostMap(bytes.NewReader(doc), s.network, altoclient.Limits{})
		if err != nil {
			return err
		}
		return s.add(m.NetworkMap(), m.Dropped(), costs{
			CostColumn: altoclient.NewCostColumn(m),
			page:       newPage(altoclient.MediaTypeCostMap, doc),
		})
	}
	m, err := altoclient.ParseMultiCostMap(bytes.NewReader(doc), s.network, names, altoclient.Limits{})
	if err != nil {
		return err
	}
	var all []costs
	for _, column := range m.Columns() {
		all = append(all, costs{CostColumn: column})
	}
	return s.add(m.NetworkMap(), m.Dropped(), all...)
}

// add takes the costs of a document, if they are about the network map of the set.
func (s *mapSet) add(about altoclient.VersionTag, dropped int, all ...costs) error {
	tag := s.network.VersionTag()
	switch {
	case about != tag:
		return fmt.Errorf("depends on %v, the network map is %v: %w", about, tag, altoclient.ErrSkew)
	case dropped > 0:
		return fmt.Errorf("%d costs are of PIDs that the network map does not have", dropped)
	}
	for _, k := range all {
		if _, ok := s.cost(k.Type); ok {
			return fmt.Errorf("a second cost map of %v", k.Type)
		}
		s.costs = append(s.costs, k)
	}
	return nil
}

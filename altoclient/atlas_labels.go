package altoclient

import (
	"slices"
	"sort"
	"strings"
	"sync"
)

// Labelled is a View that knows more of its PIDs than their costs.
type Labelled interface {
	View

	// Labels returns what is known of all PIDs by a property, run-length coded in
	// the order of PIDs as [View.Row] is; no runs if the property is not known.
	Labels(property string) (ends []uint32, texts []string)
}

var _ Labelled = (*Snapshot)(nil)

// Labels returns the values of a property by PID; see [Snapshot.Property]. A property
// that no map has by this name is the one of this type that a map calls its own,
// whatever its case: isp is .ISP, as RFC 9240 section 8 has it.
func (s *Snapshot) Labels(property string) (ends []uint32, texts []string) {
	if s.properties == nil {
		return nil, nil
	}
	l := s.properties.labels.of(labelled{property: property}, func() labels { return s.propertyLabels(property) })
	return l.ends, l.texts
}

func (s *Snapshot) propertyLabels(property string) (l labels) {
	name := s.properties.called(s.network, property)
	if name == "" {
		return l
	}
	known := false
	for pid, text := range s.properties.column(s.network, name) {
		l.add(uint32(pid)+1, text)
		known = known || text != ""
	}
	if !known {
		return labels{}
	}
	return l
}

// called returns the name that the maps have for a property of the PIDs of network or
// their addresses; of several, the first by the alphabet, and nothing if there is none.
func (p *pidProperties) called(network *NetworkMap, property string) string {
	found := ""
	for _, m := range p.maps {
		for _, domain := range []string{network.vtag.ResourceID + ".pid", "ipv4", "ipv6"} {
			names := m.Properties(domain)
			if slices.Contains(names, property) {
				return property
			}
			for _, name := range names {
				if strings.EqualFold(domainType(name), property) && (found == "" || name < found) {
					found = name
				}
			}
		}
	}
	return found
}

// labels is a row of texts.
type labels struct {
	ends  []uint32
	texts []string
}

// add says text of the PIDs up to, not including, end.
func (l *labels) add(end uint32, text string) {
	if n := len(l.ends); n > 0 && l.texts[n-1] == text {
		l.ends[n-1] = end
		return
	}
	l.ends, l.texts = append(l.ends, end), append(l.texts, text)
}

// at returns the text of pid.
func (l *labels) at(pid uint32) string {
	i := sort.Search(len(l.ends), func(i int) bool { return pid < l.ends[i] })
	if pid == 0 || i == len(l.ends) {
		return ""
	}
	return l.texts[i]
}

// NameFor returns the name that the source responsible for home gives to pid; it is
// empty if nobody guides home, or the source has no name for it.
func (a *Atlas) NameFor(home, pid uint32) string {
	guide, _ := a.guide(home)
	if guide == nil {
		return ""
	}
	if a.join != nil {
		pid = a.join.own(a.join.guide(home).source, pid)
	}
	return guide.View.Name(pid)
}

// Labels returns what the source responsible for home says of all PIDs by a property,
// run-length coded in the order of PIDs as Row is. No runs mean that nobody guides home,
// or that the source does not know the property.
func (a *Atlas) Labels(home uint32, property string) (ends []uint32, texts []string) {
	guide, _ := a.guide(home)
	if guide == nil {
		return nil, nil
	}
	view, ok := guide.View.(Labelled)
	if !ok {
		return nil, nil
	}
	if a.join == nil {
		return view.Labels(property)
	}
	source := a.join.guide(home).source
	l := a.labels.of(labelled{source, property}, func() (joined labels) {
		ends, texts := view.Labels(property)
		if len(ends) == 0 {
			return joined
		}
		said := labels{ends, texts}
		joined.add(1, "")
		for number, pid := range a.join.seen(source) {
			joined.add(number+1, said.at(pid))
		}
		return joined
	})
	return l.ends, l.texts
}

// labelCache keeps rows of texts, each made when it is first asked for. Nobody asks for
// more than the few properties that a policy names.
type labelCache struct {
	mu   sync.Mutex
	rows map[labelled]labels
}

// labelled says of what a row of texts is.
type labelled struct {
	source   int // of an Atlas
	property string
}

func (c *labelCache) of(what labelled, row func() labels) labels {
	c.mu.Lock()
	defer c.mu.Unlock()
	l, ok := c.rows[what]
	if !ok {
		if c.rows == nil {
			c.rows = make(map[labelled]labels)
		}
		l = row()
		c.rows[what] = l
	}
	return l
}

package asnmap

import (
	"strconv"
	"sync"
)

// The properties that a Map knows of its PIDs.
const (
	PropertyISP     = "isp"     // the AS, "as3320": the nearest to an ISP that is known
	PropertyCountry = "country" // ISO 3166-1, "DE"
	PropertyRegion  = "region"  // the continent: AF, AN, AS, EU, NA, OC, SA
)

// Labels returns what is known of all PIDs by a property, as altoclient.Labelled has it:
// nothing for other properties than those above, such as the province and the city,
// which the tables do not tell. Countries and continents are a few hundred runs, ASes
// nearly one for each PID. They are made when they are first asked for, and kept.
func (m *Map) Labels(property string) (ends []uint32, texts []string) {
	switch property {
	case PropertyISP:
		return m.isps.of(m.ispLabels)
	case PropertyCountry:
		return m.countries.of(func() labels { return m.groupLabels(country.String) })
	case PropertyRegion:
		return m.regions.of(func() labels { return m.groupLabels(continents().name) })
	}
	return nil, nil
}

// groupLabels labels the PIDs of each country.
func (m *Map) groupLabels(text func(country) string) labels {
	l := noLabels(0)
	for _, g := range m.groups {
		if c := m.places[g.first-1].country; c != 0 {
			l.upTo(g.end, text(c))
		} else {
			l.upTo(g.end, "")
		}
	}
	return l
}

// ispLabels labels each PID with its AS. All texts are parts of one, since 90,000 small
// ones take twice the memory.
func (m *Map) ispLabels() labels {
	var all []byte
	cuts := make([]int, 1, len(m.places)+1)
	for _, p := range m.places {
		if p.asn != 0 {
			all = strconv.AppendUint(append(all, "as"...), uint64(p.asn), 10)
		}
		cuts = append(cuts, len(all))
	}
	text := string(all)
	l := noLabels(len(m.places))
	for i := range m.places {
		l.upTo(uint32(i)+2, text[cuts[i]:cuts[i+1]])
	}
	return l
}

// labels collects runs of texts.
type labels struct {
	ends  []uint32
	texts []string
}

// noLabels has room for as many runs. 0, which is no PID, has no text.
func noLabels(room int) labels {
	l := labels{make([]uint32, 1, room+1), make([]string, 1, room+1)}
	l.ends[0] = 1
	return l
}

// upTo extends the runs to end.
func (l *labels) upTo(end uint32, text string) {
	if n := len(l.ends); l.texts[n-1] == text {
		l.ends[n-1] = end
		return
	}
	l.ends, l.texts = append(l.ends, end), append(l.texts, text)
}

// keptLabels are made once.
type keptLabels struct {
	once sync.Once
	labels
}

func (k *keptLabels) of(made func() labels) (ends []uint32, texts []string) {
	k.once.Do(func() { k.labels = made() })
	return k.ends, k.texts
}

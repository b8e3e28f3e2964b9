package altoclient

import "sort"

// Labelled is a View that knows more of its PIDs than their costs.
type Labelled interface {
	View

	// Labels returns what is known of all PIDs by a property, run-length coded in
	// the order of PIDs as [View.Row] is; no runs if the property is not known.
	Labels(property string) (ends []uint32, texts []string)
}

var _ Labelled = (*Snapshot)(nil)

// Labels returns the values of a property by PID. The property goes by its last name,
// whatever its case: isp stands for .ISP, too. See [Snapshot.Property].
func (s *Snapshot) Labels(property string) (ends []uint32, texts []string) {
	if s.properties == nil {
		return nil, nil
	}
	var l labels
	known := false
	for pid, text := range s.properties.byLastName(s.network, property) {
		l.add(uint32(pid)+1, text)
		known = known || text != ""
	}
	if !known {
		return nil, nil
	}
	return l.ends, l.texts
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
	ends, texts = view.Labels(property)
	if a.join == nil || len(ends) == 0 {
		return ends, texts
	}
	said, joined := labels{ends, texts}, labels{}
	joined.add(1, "")
	for number, pid := range a.join.seen(a.join.guide(home).source) {
		joined.add(number+1, said.at(pid))
	}
	return joined.ends, joined.texts
}

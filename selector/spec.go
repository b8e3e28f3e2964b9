package selector

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Spec says which policy is wanted, and how it is shaped.
type Spec struct {
	Name    string
	Options map[string]float64 // what is left out has its default

	// Sources changes options for the requesters that one source guides, by its
	// name: an ISP may ask for other shares than the rest.
	Sources map[string]map[string]float64

	// Of is the policy that "mixed" mixes with a random share; empty means staged.
	// Options may then hold that policy's, too.
	Of string

	// Tree and Lists are what "traversal" walks.
	Tree  []Node
	Lists []TraversalList
}

// New returns the policy of a name, with options by name; see [Spec.Build].
func New(name string, options map[string]float64) (Policy, error) {
	return Spec{Name: name, Options: options}.Build()
}

// Build makes the policy. It is an [Adviser] if the policy is one. The error is an
// [*UnknownError], or joins an [*OptionError] or a [*TreeError] for each mistake.
func (s Spec) Build() (Policy, error) {
	r, err := find(s.Name)
	if err != nil {
		return nil, err
	}
	main, err := r.shape(s, s.Options)
	errs, wrong := mistakes(err), err != nil
	shaped := shaped{main: main, bySource: make(map[string]variant, len(s.Sources))}
	for _, source := range slices.Sorted(maps.Keys(s.Sources)) {
		options := maps.Clone(s.Options)
		if options == nil {
			options = map[string]float64{}
		}
		maps.Copy(options, s.Sources[source])
		other, err := r.shape(s, options)
		shaped.bySource[source] = other
		if !wrong { // else it is the same mistake again
			errs = append(errs, blame(err, source)...)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	if shaped.advises() {
		return adviser{shaped}, nil
	}
	return shaped, nil
}

// Classes tells whether the policy looks at upload classes; see Info.
func (s Spec) Classes() bool {
	r, err := find(s.Name)
	if err == nil && s.Name == mixedName {
		r, err = find(s.of())
	}
	return err == nil && r.Classes
}

// Stable tells whether some requesters are to be given the same outsiders again and again.
func (s Spec) Stable() bool {
	stable := s.Options[optionStable.Name] > 0
	for _, options := range s.Sources {
		stable = stable || options[optionStable.Name] > 0
	}
	return stable
}

// shape builds one variant of a policy.
func (r registration) shape(s Spec, options map[string]float64) (variant, error) {
	i := r.Info
	if s.Name == mixedName {
		var err error
		if i, err = mixedInfo(i, s); err != nil {
			return variant{}, err
		}
	} else if s.Of != "" {
		return variant{}, fmt.Errorf("policy %s: only %s mixes with another policy", s.Name, mixedName)
	}
	if len(s.Tree)+len(s.Lists) > 0 && s.Name != traversalName && s.Of != traversalName {
		return variant{}, fmt.Errorf("policy %s: only %s walks lists of its own", s.Name, traversalName)
	}
	v, err := i.fill(options)
	if err != nil {
		return variant{}, err
	}
	p, err := r.build(parts{v, s})
	return variant{p, v[optionStable.Name] > 0}, err
}

// mistakes takes a joined error apart.
func mistakes(err error) []error {
	if err == nil {
		return nil
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	return []error{err}
}

// blame says in each OptionError that it is about the options of a source.
func blame(err error, source string) (errs []error) {
	for _, e := range mistakes(err) {
		if option := (*OptionError)(nil); errors.As(e, &option) {
			at := *option
			at.Source = source
			e = &at
		}
		errs = append(errs, e)
	}
	return errs
}

// variant is a policy with the options of some requesters.
type variant struct {
	Policy
	stable bool
}

// List marks the steps that leave the home PID, where outsiders are to stay the same.
func (v variant) List(view View) List {
	l := v.Policy.List(view)
	if !v.stable {
		return l
	}
	l.Steps = slices.Clone(l.Steps)
	for i, st := range l.Steps {
		l.Steps[i].Stable = !within(st.Spans, view.Homes)
	}
	return l
}

// within tells whether all of spans is within those of around.
func within(spans, around []Span) bool {
	for _, s := range spans {
		if !slices.ContainsFunc(around, func(a Span) bool { return a.Lo <= s.Lo && s.Hi <= a.Hi }) {
			return false
		}
	}
	return true
}

// shaped is a policy with its options, everybody's and those of some sources.
type shaped struct {
	main     variant
	bySource map[string]variant
}

// List implements [Policy].
func (s shaped) List(v View) List { return s.of(v).List(v) }

// of returns what holds for the source of a view.
func (s shaped) of(v View) variant {
	if other, ok := s.bySource[v.Source]; ok {
		return other
	}
	return s.main
}

func (s shaped) advises() bool {
	_, ok := s.main.Policy.(Adviser)
	return ok
}

// adviser is a shaped policy that looks at swarms.
type adviser struct{ shaped }

// Advise implements [Adviser].
func (a adviser) Advise(m Map, c Census) Policy {
	advised := shaped{main: a.main.advise(m, c), bySource: make(map[string]variant, len(a.bySource))}
	for source, v := range a.bySource {
		advised.bySource[source] = v.advise(m, c)
	}
	if _, ok := advised.main.Policy.(Sharer); ok {
		return sharedAdvice{advised}
	}
	return advised
}

// sharedAdvice is what a policy advises whose lists many swarms share.
type sharedAdvice struct{ shaped }

// Terms implements [Sharer].
func (s sharedAdvice) Terms(v View) Terms {
	of := s.of(v)
	t := of.Policy.(Sharer).Terms(v)
	t.Policy = variant{t.Policy, of.stable}
	return t
}

func (v variant) advise(m Map, c Census) variant {
	return variant{v.Policy.(Adviser).Advise(m, c), v.stable}
}

package selector

import "fmt"

// Mixed is another policy with a uniform share drawn first, which is how the Comcast
// trial used the peering matrix: nine in ten initial peers by guidance, one at random
// (RFC 5632 section 4.1). Options are its own share and all of the other policy.
type Mixed struct {
	Of     Policy
	Random float64 // 0 to 1
}

const mixedName = "mixed"

var _ = enter(registration{
	Info: Info{
		Name:    mixedName,
		Summary: "another policy (policy.of, staged by default) behind a random share (RFC 5632)",
		Options: []Option{optionRandom},
	},
	build: func(p parts) (Policy, error) {
		of, err := find(p.spec.of())
		if err != nil {
			return nil, err
		}
		options := values{}
		for _, o := range of.Options {
			options[o.Name] = p.values[o.Name]
		}
		options[optionRandom.Name] = 0 // the mixture's comes first, and once
		inner, err := of.build(parts{options, p.spec})
		if err != nil {
			return nil, err
		}
		mixed := Mixed{inner, p.values[optionRandom.Name]}
		if a, ok := inner.(Adviser); ok {
			return mixedAdviser{mixed, a}, nil
		}
		return mixed, nil
	},
})

func (s Spec) of() string {
	if s.Of == "" {
		return "staged"
	}
	return s.Of
}

// mixedInfo adds the options of the policy that is mixed.
func mixedInfo(i Info, s Spec) (Info, error) {
	of, err := find(s.of())
	if err == nil && of.Name == mixedName {
		err = fmt.Errorf("policy %s of %s: want another policy", mixedName, mixedName)
	}
	if err != nil {
		return i, err
	}
	own := i.Options
	i.Options = nil
	for _, o := range of.Options {
		if o.Name != optionRandom.Name && o.Name != optionStable.Name {
			i.Options = append(i.Options, o)
		}
	}
	i.Options = append(i.Options, own...)
	return i, nil
}

// List implements [Policy].
func (m Mixed) List(v View) List {
	l := m.Of.List(v)
	l.Steps = raise(append(randomShare(m.Random), l.Steps...))
	return l
}

// mixedAdviser is a mixture of a policy that looks at swarms.
type mixedAdviser struct {
	Mixed
	of Adviser
}

// Advise implements [Adviser].
func (m mixedAdviser) Advise(network Map, c Census) Policy {
	mixed := Mixed{m.of.Advise(network, c), m.Random}
	if _, ok := mixed.Of.(Sharer); ok {
		return sharedMixture{mixed}
	}
	return mixed
}

// sharedMixture is a mixture of advice whose lists many swarms share.
type sharedMixture struct{ Mixed }

// Terms implements [Sharer].
func (m sharedMixture) Terms(v View) Terms {
	t := m.Of.(Sharer).Terms(v)
	t.Policy = Mixed{t.Policy, m.Random}
	return t
}

package selector

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Policy turns a view of the network into a traversal list. It is called once for
// a home PID and a role, not for each announce, and from any goroutine.
type Policy interface {
	List(View) List
}

// Info describes a policy to people.
type Info struct {
	Name    string
	Summary string
	Options []Option
}

// Option is a number that shapes a policy. An option that several policies have
// means the same in all of them.
type Option struct {
	Name     string
	Default  float64
	Min, Max float64
	Summary  string
}

// The options that several policies share.
var (
	optionIntraPID = Option{"intra_pid", 0.75, 0, 1, "cumulative share of the reply filled from the home PID"}
	optionIntraISP = Option{"intra_isp", 0.90, 0, 1, "cumulative share filled when the home ISP is done"}
	optionRandom   = Option{"random", 0.10, 0, 1, "share drawn first from the whole swarm, uniformly"}
	optionGamma    = Option{"gamma", 0.5, 0, 10, "exponent that softens cost weights: weight = (1/cost)^gamma"}
)

// values holds the option values of one policy, every one of its options set.
type values map[string]float64

// registration is a line of the table of policies.
type registration struct {
	name    string
	summary string
	options []Option
	build   func(values) (Policy, error)
}

// policies is the table of all policies: a policy is one file and one line here.
var policies = []registration{
	{"random", "everyone alike: the baseline, blind to the network", nil, newRandom},
	{"staged", "home PID, then home ISP, then the rest, to fixed shares (P4P, location only)",
		[]Option{optionIntraPID, optionIntraISP, optionRandom}, newStaged},
	{"matrix", "as staged, with cheaper PIDs weighing more inside each stage (P4P peering matrix)",
		[]Option{optionIntraPID, optionIntraISP, optionRandom, optionGamma}, newMatrix},
	{"ranked", "strictly by cost, cheapest first, ties at random (RFC 7285 section 6.1.2)",
		[]Option{optionRandom}, newRanked},
}

// Default is the name of the policy in force when none is named.
const Default = "staged"

// Infos describes all policies, in the order of the table.
func Infos() []Info {
	infos := make([]Info, len(policies))
	for i, p := range policies {
		infos[i] = Info{p.name, p.summary, p.options}
	}
	return infos
}

// OptionError is an option that a policy does not have, or a value it cannot take.
type OptionError struct {
	Option string
	Value  float64
	Want   string // what is allowed
}

func (e *OptionError) Error() string {
	return fmt.Sprintf("policy option %s: %v: want %s", e.Option, e.Value, e.Want)
}

// UnknownError is a policy name that is not in the table.
type UnknownError struct{ Name string }

func (e *UnknownError) Error() string {
	return fmt.Sprintf("policy %q: want %s", e.Name, e.Want())
}

// Want says which names there are.
func (e *UnknownError) Want() string { return "one of " + strings.Join(Names(), ", ") }

// Names returns the names of all policies.
func Names() []string {
	names := make([]string, len(policies))
	for i, p := range policies {
		names[i] = p.name
	}
	return names
}

// New returns the policy of a name, with options by name; an option left out has
// its default. The error is an [*UnknownError], or joins an [*OptionError] for each
// mistake.
func New(name string, options map[string]float64) (Policy, error) {
	i := slices.IndexFunc(policies, func(p registration) bool { return p.name == name })
	if i < 0 {
		return nil, &UnknownError{name}
	}
	p := policies[i]
	v := values{}
	for _, o := range p.options {
		v[o.Name] = o.Default
	}
	var errs []error
	for _, key := range slices.Sorted(maps.Keys(options)) {
		if err := v.set(p, key, options[key]); err != nil {
			errs = append(errs, err)
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return p.build(v)
}

func (v values) set(p registration, key string, value float64) error {
	for _, o := range p.options {
		if o.Name != key {
			continue
		}
		if !(value >= o.Min && value <= o.Max) {
			return &OptionError{key, value, fmt.Sprintf("a number from %v to %v", o.Min, o.Max)}
		}
		v[key] = value
		return nil
	}
	want := "no option, " + p.name + " has none"
	if len(p.options) > 0 {
		names := make([]string, len(p.options))
		for i, o := range p.options {
			names[i] = o.Name
		}
		want = "one of " + strings.Join(names, ", ")
	}
	return &OptionError{key, value, want}
}

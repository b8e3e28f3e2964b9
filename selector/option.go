package selector

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

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
	optionIntraPID    = Option{"intra_pid", 0.75, 0, 1, "cumulative share of the reply filled from the home PID"}
	optionIntraRegion = Option{"intra_region", 0, 0, 1, "cumulative share filled when the home region is done, where the map tells regions; 0: no such stage"}
	optionIntraISP    = Option{"intra_isp", 0.90, 0, 1, "cumulative share filled when the home ISP is done"}
	optionRandom      = Option{"random", 0.10, 0, 1, "share drawn first from the whole swarm, uniformly"}
	optionGamma       = Option{"gamma", 0.5, 0, 10, "exponent that softens cost weights: weight = (1/cost)^gamma"}
	optionCap         = Option{"cap", 1.5, 0, 100, "overload protection: most that a PID gets, as a multiple of its share of the peers; 0 is none"}
	optionStable      = Option{"stable", 0, 0, 1, "1: the same outsiders at each announce of the same peer"}
)

// but returns the option with another default.
func (o Option) but(value float64) Option {
	o.Default = value
	return o
}

// OptionError is an option that a policy does not have, or a value it cannot take.
type OptionError struct {
	Source string // whose requesters it is for; empty: everybody
	Option string
	Value  float64
	Want   string // what is allowed
}

func (e *OptionError) Error() string {
	where := ""
	if e.Source != "" {
		where = " for " + e.Source
	}
	return fmt.Sprintf("policy option %s%s: %v: want %s", e.Option, where, e.Value, e.Want)
}

// values holds the option values of one policy, every one of its options set.
type values map[string]float64

// fill gives each option its default, or what is set for it. The error joins an
// [*OptionError] for each mistake.
func (i Info) fill(set map[string]float64) (values, error) {
	v := values{}
	for _, o := range i.Options {
		v[o.Name] = o.Default
	}
	var errs []error
	for _, key := range slices.Sorted(maps.Keys(set)) {
		if err := v.set(i, key, set[key]); err != nil {
			errs = append(errs, err)
		}
	}
	return v, errors.Join(errs...)
}

func (v values) set(i Info, key string, value float64) error {
	for _, o := range i.Options {
		if o.Name != key {
			continue
		}
		if !(value >= o.Min && value <= o.Max) {
			return &OptionError{Option: key, Value: value, Want: fmt.Sprintf("a number from %v to %v", o.Min, o.Max)}
		}
		v[key] = value
		return nil
	}
	want := "no option, " + i.Name + " has none"
	if len(i.Options) > 0 {
		names := make([]string, len(i.Options))
		for k, o := range i.Options {
			names[k] = o.Name
		}
		want = "one of " + strings.Join(names, ", ")
	}
	return &OptionError{Option: key, Value: value, Want: want}
}

// capped refuses a cap that would leave places that nobody may take.
func (v values) capped() error {
	if limit := v["cap"]; limit > 0 && limit < 1 {
		return &OptionError{Option: "cap", Value: limit, Want: "1 or more, or 0"}
	}
	return nil
}

// ordered refuses a share of the home PID above that of what is around it.
func (v values) ordered() error {
	region := v[optionIntraRegion.Name]
	switch {
	case v["intra_pid"] > v["intra_isp"]:
		return &OptionError{Option: "intra_pid", Value: v["intra_pid"], Want: "at most intra_isp"}
	case region > v["intra_isp"]:
		return &OptionError{Option: optionIntraRegion.Name, Value: region, Want: "at most intra_isp"}
	case region > 0 && region < v["intra_pid"]:
		return &OptionError{Option: optionIntraRegion.Name, Value: region, Want: "at least intra_pid, or 0"}
	}
	return nil
}

package selector

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Policy turns a view of the network into a traversal list. It is called once for
// a home PID and a role, not for each announce, and from any goroutine.
type Policy interface {
	List(View) List
}

// Default is the name of the policy in force when none is named.
const Default = "adaptive"

// Info describes a policy to people.
type Info struct {
	Name    string
	Summary string
	Options []Option

	// Breaks is the laws of package selectortest that the policy breaks, for a
	// reason that stands in its file.
	Breaks []Law

	// Classes says that the policy looks at upload classes: without them it does
	// not do what it is meant to do.
	Classes bool
}

// Law names a rule of package selectortest that a policy may be excused from.
type Law string

// The laws that a policy may break on purpose.
const (
	FollowsCost  Law = "a cheaper PID is never served less in proportion"
	LeavesHome   Law = "some of the reply is from outside the home PID"
	Unbiased     Law = "PIDs that nothing tells apart are served alike"
	HonoursCost  Law = "a PID cheaper than the home PID is not served less"
	SpillsUpward Law = "what a small home PID cannot fill goes to its ISP"
)

// registration enters a policy into the table of all of them.
type registration struct {
	Info
	build func(parts) (Policy, error)
}

// parts is what a policy is built of.
type parts struct {
	values // every option of the policy is set
	spec   Spec
}

// policies is the table of all policies: the baseline, then in the order of names.
// Each file that holds a policy enters it, by a variable of its package; nothing
// else ever writes to the table. So a policy is one file.
var policies []registration

// enter is called by package variables only.
func enter(r registration) bool {
	if r.Name != "random" {
		r.Options = append(slices.Clip(r.Options), optionStable)
	}
	policies = append(policies, r)
	slices.SortFunc(policies, func(a, b registration) int {
		if baseline := cmp.Compare(b.order(), a.order()); baseline != 0 {
			return baseline
		}
		return cmp.Compare(a.Name, b.Name)
	})
	return true
}

func (r registration) order() int {
	if r.Name == "random" {
		return 1
	}
	return 0
}

func find(name string) (registration, error) {
	i := slices.IndexFunc(policies, func(r registration) bool { return r.Name == name })
	if i < 0 {
		return registration{}, &UnknownError{name}
	}
	return policies[i], nil
}

// Infos describes all policies, the baseline first.
func Infos() []Info {
	infos := make([]Info, len(policies))
	for i, r := range policies {
		infos[i] = r.Info
	}
	return infos
}

// Names returns the names of all policies, in the order of Infos.
func Names() []string {
	names := make([]string, len(policies))
	for i, r := range policies {
		names[i] = r.Name
	}
	return names
}

// UnknownError is a policy name that is not in the table.
type UnknownError struct{ Name string }

func (e *UnknownError) Error() string {
	return fmt.Sprintf("policy %q: want %s", e.Name, e.Want())
}

// Want says which names there are.
func (e *UnknownError) Want() string { return "one of " + strings.Join(Names(), ", ") }

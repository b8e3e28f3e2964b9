package report

import (
	"fmt"
	"slices"
)

// favourite is the policy that stands out in plots: the project's own.
const favourite = "adaptive"

// palette gives each policy a colour, and a dash once colours are used up. It goes by
// name, so that a policy keeps its look when results change.
type palette map[string]string

func newPalette(policies []string) palette {
	p := palette{}
	const first, colours = 2, 6 // s0 and s1 are the baseline's and the favourite's
	next := 0
	for _, name := range slices.Sorted(slices.Values(policies)) {
		switch name {
		case Baseline:
			p[name] = "s0"
		case favourite:
			p[name] = "s1"
		default:
			p[name] = fmt.Sprintf("s%d d%d", first+next%colours, next/colours%4)
			next++
		}
	}
	return p
}

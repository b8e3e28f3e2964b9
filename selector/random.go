package selector

// Random is the baseline: everyone alike, whatever the network says. It is also
// the answer to a requester that nobody guides.
type Random struct{}

var _ = enter(registration{
	Info:  Info{Name: "random", Summary: "everyone alike: the baseline, blind to the network"},
	build: func(parts) (Policy, error) { return Random{}, nil },
})

// List returns the one step that draws from everyone.
func (Random) List(View) List { return List{Steps: []Step{anyone()}} }

// anyone is the last step of every list: whoever is left.
func anyone() Step {
	return Step{Name: "anyone", Target: 1, Spans: everyone}
}

// randomShare is the first step of every guided list. Drawn first, it cannot be
// starved; uniform over the swarm, it keeps the swarm in one piece (RFC 5632
// section 4.1 used 10 %).
func randomShare(share float64) []Step {
	if share == 0 {
		return nil
	}
	return []Step{{Name: "random share", Target: share, Spans: everyone}}
}

// raise lifts targets to the one before them: with a random share above a later
// step's target, that step has nothing left to fill.
func raise(steps []Step) []Step {
	for i := 1; i < len(steps); i++ {
		steps[i].Target = max(steps[i].Target, steps[i-1].Target)
	}
	return steps
}

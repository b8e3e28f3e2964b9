package selector

// Staged is the three-stage selection of P4P without weights, called location-only
// in the Yale library: the home PID up to one share, the home ISP up to another, then
// the rest. Where the ISP has no PID but the home PID, that takes the ISP's share
// too. A stage that runs short leaves its places to the later ones, and only when
// nobody else is left does the home PID get more than its share: the shares are
// upper bounds (draft section 5.1). The Yale library filled up from everybody.
//
// Source: draft-yang-tracker-peer-selection-00 section 5; bounds of the Yale library
// (0.75 and 0.90). The random share is RFC 5632's.
//
// Where the map tells regions (property "region"), a stage between the two may be asked
// for: the way up from the home PID to the root may have any number of levels (draft
// section 5).
type Staged struct {
	IntraPID    float64 // cumulative, 0 to 1
	IntraRegion float64 // cumulative, IntraPID to IntraISP; 0 is no such stage
	IntraISP    float64 // cumulative, IntraPID to 1
	Random      float64 // 0 to 1
}

var _ = enter(registration{
	Info: Info{
		Name:    "staged",
		Summary: "home PID, then home ISP, then the rest, to fixed shares (P4P, location only)",
		Options: []Option{optionIntraPID, optionIntraRegion, optionIntraISP, optionRandom},
	},
	build: func(p parts) (Policy, error) { return p.staged(), p.ordered() },
})

func (v values) staged() Staged {
	return Staged{v["intra_pid"], v["intra_region"], v["intra_isp"], v["random"]}
}

// List implements [Policy].
func (s Staged) List(v View) List {
	return s.stages(v, func(runs []Run) Step { return Step{Spans: spans(runs, even)} })
}

// stages fills the home PID, the region, the ISP and the outside in turn. Of all but the
// first, draw says whom to draw; names and targets are set here.
func (s Staged) stages(v View, draw func([]Run) Step) List {
	p := v.places()
	if s.IntraRegion > 0 {
		p.cutRegion(v)
	}
	first := Step{Name: p.firstName, Target: s.IntraPID, Spans: p.first}
	if len(p.region)+len(p.isp) == 0 {
		first.Target = s.IntraISP
	}
	steps := append(randomShare(s.Random), first)
	for _, stage := range []struct {
		name   string
		target float64
		runs   []Run
	}{
		{"home region", s.IntraRegion, p.region},
		{p.ispName, s.IntraISP, p.isp},
		{"outside", 1, p.outside},
	} {
		if step := draw(stage.runs); len(step.Spans) > 0 {
			step.Name, step.Target = stage.name, stage.target
			steps = append(steps, step)
		}
	}
	steps = append(steps, Step{Name: "elsewhere", Target: 1, Spans: except(p.first)}, anyone())
	return List{Steps: raise(steps), Home: v.Homes, Outside: p.beyond()}
}

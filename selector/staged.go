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
type Staged struct {
	IntraPID float64 // cumulative, 0 to 1
	IntraISP float64 // cumulative, IntraPID to 1
	Random   float64 // 0 to 1
}

var _ = enter(registration{
	Info: Info{
		Name:    "staged",
		Summary: "home PID, then home ISP, then the rest, to fixed shares (P4P, location only)",
		Options: []Option{optionIntraPID, optionIntraISP, optionRandom},
	},
	build: func(p parts) (Policy, error) { return p.staged(), p.ordered() },
})

func (v values) staged() Staged { return Staged{v["intra_pid"], v["intra_isp"], v["random"]} }

// List implements [Policy].
func (s Staged) List(v View) List {
	p := v.places()
	return s.stages(v, p, Step{Spans: spans(p.isp, even)}, Step{Spans: spans(p.outside, even)})
}

// stages fills the home PID, the ISP and the outside in turn. The last two say whom
// to draw there; their names and targets are set here.
func (s Staged) stages(v View, p places, isp, outside Step) List {
	first := Step{Name: p.firstName, Target: s.IntraPID, Spans: p.first}
	if len(isp.Spans) == 0 {
		first.Target = s.IntraISP
	}
	steps := append(randomShare(s.Random), first)
	if len(isp.Spans) > 0 {
		isp.Name, isp.Target = p.ispName, s.IntraISP
		steps = append(steps, isp)
	}
	if len(outside.Spans) > 0 {
		outside.Name, outside.Target = "outside", 1
		steps = append(steps, outside)
	}
	steps = append(steps, Step{Name: "elsewhere", Target: 1, Spans: except(p.first)}, anyone())
	return List{Steps: raise(steps), Home: v.Homes, Outside: p.beyond()}
}

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

func newStaged(v values) (Policy, error) {
	if err := v.ordered(); err != nil {
		return nil, err
	}
	return Staged{v["intra_pid"], v["intra_isp"], v["random"]}, nil
}

// ordered refuses a share of the home PID above that of the ISP around it.
func (v values) ordered() error {
	if v["intra_pid"] > v["intra_isp"] {
		return &OptionError{"intra_pid", v["intra_pid"], "at most intra_isp"}
	}
	return nil
}

// List implements [Policy].
func (s Staged) List(v View) List {
	return s.stages(v.places(), even)
}

// stages fills the home PID, the ISP and the outside in turn, each run of PIDs by
// its weight.
func (s Staged) stages(p places, weight func(Run) float32) List {
	home := s.IntraPID
	if len(p.isp) == 0 {
		home = s.IntraISP
	}
	steps := randomShare(s.Random)
	steps = append(steps, Step{Name: "home PID", Target: home, Spans: p.home})
	if len(p.isp) > 0 {
		steps = append(steps, Step{Name: p.near, Target: s.IntraISP, Spans: spans(p.isp, weight)})
	}
	if outside := spans(p.outside, weight); len(outside) > 0 {
		steps = append(steps, Step{Name: "outside", Target: 1, Spans: outside})
	}
	return List{Steps: raise(append(steps, elsewhere(p.home), anyone())), Home: p.home, Outside: p.beyond()}
}

// elsewhere fills up from everybody but the home PID.
func elsewhere(home []Span) Step {
	left := []Run{{Lo: everyone[0].Lo, Hi: everyone[0].Hi}}
	for _, h := range home {
		left = without(left, h)
	}
	return Step{Name: "elsewhere", Target: 1, Spans: spans(left, even)}
}

package selector

// Xunlei is what the three policies of the Xunlei tracker have in common
// (draft-lee-alto-chinatelecom-trial-04 section 5.2): the peers of a ring before those
// of the next one, in a ring the higher upload class first, equals at random, and
// replies of so many peers at most. The draft has neither a random share nor any other
// guarantee; docs/decisions/0009-xunlei.md tells what is kept of the house's.
type Xunlei struct {
	Most   int     // peers of a reply; 4 or more
	Random float64 // 0 to 1
}

// optionMost is how many peers the draft's tracker returned before ALTO.
var optionMost = Option{"most", 500, 4, 2000, "peers of a reply at most"}

func (v values) xunlei() Xunlei { return Xunlei{int(v["most"]), v["random"]} }

// ring is the PIDs that a policy holds for equally near.
type ring struct {
	name  string
	spans []Span
}

// uploadOrder is the draft's big, mid and small. A peer of unknown class counts as
// medium: it is new to the tracker, so medium is what to expect of it. As a slow one it
// would be told of last, and never become known; as a fast one, whoever comes back under
// another port would be told of first.
var uploadOrder = [...]struct {
	name    string
	classes Classes
}{
	{"fast", ClassesOf(Fast)},
	{"medium", ClassesOf(Medium, Unknown)},
	{"slow", ClassesOf(Slow)},
}

// list draws from rings in turn.
func (x Xunlei) list(v View, rings []ring) List {
	steps := randomShare(x.Random)
	for _, r := range rings {
		for _, c := range uploadOrder {
			if len(r.spans) > 0 {
				steps = append(steps, Step{Name: r.name + ", " + c.name, Target: 1, Spans: r.spans, Classes: c.classes})
			}
		}
	}
	return List{Steps: append(steps, anyone()), Home: v.Homes, Outside: v.places().beyond(), Most: x.Most}
}

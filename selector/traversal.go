package selector

// Traversal answers with lists from the configuration: the first one whose home node
// holds the requester, or else the one of no home. Whom there is no list for gets one
// that is generated: the stages of [Staged].
//
// The draft leaves open what becomes of a shortfall at the end of a list, and of nodes
// that overlap: here whoever is left fills up, and nobody is drawn twice.
//
// Source: draft-yang-tracker-peer-selection-00 sections 3 and 4. A list says all that is
// to be in the reply: so there is no random share unless it is asked for.
type Traversal struct {
	Staged
	forest forest
	lists  []TraversalList
}

const traversalName = "traversal"

var _ = enter(registration{
	Info: Info{
		Name:    traversalName,
		Summary: "traversal lists over a classification tree, from the configuration (policy.tree, policy.lists)",
		Options: []Option{optionIntraPID, optionIntraRegion, optionIntraISP, optionRandom.but(0)},
		Classes: true,
	},
	build: func(p parts) (Policy, error) {
		f, err := newForest(p.spec.Tree)
		if err != nil {
			return nil, err
		}
		if err := f.check(p.spec.Lists); err != nil {
			return nil, err
		}
		return Traversal{p.staged(), f, p.spec.Lists}, p.ordered()
	},
})

// List implements [Policy].
func (t Traversal) List(v View) List {
	list, ok := t.listFor(v)
	if !ok {
		l := t.Staged.List(v)
		l.ByClass = t.forest.classes
		return l
	}
	steps := randomShare(t.Random)
	for _, fill := range list.Fill {
		m := t.forest.member(v, fill.Node)
		if m.nobody || len(m.spans) == 0 {
			continue
		}
		name := fill.Node
		if name == "" {
			name = "root"
		}
		steps = append(steps, Step{Name: name, Target: fill.To, Spans: m.spans, Roles: m.roles, Classes: m.classes})
	}
	return List{Steps: raise(append(steps, anyone())), Home: v.Homes, Outside: v.places().beyond(), ByClass: t.forest.classes}
}

func (t Traversal) listFor(v View) (found TraversalList, ok bool) {
	for _, l := range t.lists {
		if l.Home == "" {
			found, ok = l, true
		} else if t.forest.member(v, l.Home).holds(v) {
			return l, true
		}
	}
	return found, ok
}

package selector

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"path"
	"slices"
)

// Node is a node of a classification tree (draft-yang-tracker-peer-selection-00
// section 3): who is in it, among those of its parent. A condition that is left out
// holds for everybody. Trees that share no parent are joined under a root that holds
// everybody (section 3.3).
type Node struct {
	Name string
	In   string // the parent; empty: the root

	PIDs     []string            // patterns of PID names (path.Match), one of which must fit
	Where    map[string][]string // by property, such as "isp" or "region": the values that fit
	Internal *bool               // of the source's own network, or not
	Classes  Classes
	Roles    Roles
}

// TraversalList is what the requesters of a home node are answered with: nodes in the
// order in which they fill the reply (draft section 4).
type TraversalList struct {
	Home string // a node; empty: whom no other list is for
	Fill []Fill
}

// Fill has peers of a node fill the reply to a cumulative share.
type Fill struct {
	Node string // empty: the root
	To   float64
}

// TreeError is a mistake in a classification tree or a traversal list.
type TreeError struct {
	Where string // "tree[2].in", "lists[0].fill[1].to"
	Value string
	Want  string // what is allowed
}

func (e *TreeError) Error() string {
	return fmt.Sprintf("policy %s: %q: want %s", e.Where, e.Value, e.Want)
}

// forest is the nodes of all trees, checked.
type forest struct {
	nodes   map[string]Node
	classes bool // some node looks at classes
}

// newForest checks nodes. The error joins a [*TreeError] for each mistake.
func newForest(nodes []Node) (forest, error) {
	f := forest{nodes: make(map[string]Node, len(nodes))}
	var errs []error
	wrong := func(i int, key, value, want string) {
		errs = append(errs, &TreeError{fmt.Sprintf("tree[%d].%s", i, key), value, want})
	}
	for i, n := range nodes {
		switch _, twice := f.nodes[n.Name]; {
		case n.Name == "":
			wrong(i, "name", n.Name, "a name")
		case twice:
			wrong(i, "name", n.Name, "a name that no other node has")
		}
		for _, pattern := range n.PIDs {
			if _, err := path.Match(pattern, ""); err != nil {
				wrong(i, "pids", pattern, "a pattern of PID names such as pid-*")
			}
		}
		f.nodes[n.Name] = n
		f.classes = f.classes || n.Classes != 0
	}
	for i, n := range nodes {
		if _, ok := f.nodes[n.In]; n.In != "" && !ok {
			wrong(i, "in", n.In, "the name of a node")
		} else if n.Name != "" && f.circular(n) {
			wrong(i, "in", n.In, "a node that is not itself within "+n.Name)
		}
	}
	return f, errors.Join(errs...)
}

// circular tells whether the way up from n comes back to it.
func (f forest) circular(n Node) bool {
	above := n.In
	for range f.nodes {
		if above == n.Name {
			return true
		}
		above = f.nodes[above].In
	}
	return false
}

// check returns what is wrong with lists.
func (f forest) check(lists []TraversalList) error {
	var errs []error
	wrong := func(where, value, want string) { errs = append(errs, &TreeError{where, value, want}) }
	homes := map[string]bool{}
	for i, l := range lists {
		at := fmt.Sprintf("lists[%d]", i)
		if _, ok := f.nodes[l.Home]; l.Home != "" && !ok {
			wrong(at+".home", l.Home, "the name of a node of the tree")
		}
		if homes[l.Home] {
			wrong(at+".home", l.Home, "a node that no other list is for")
		}
		homes[l.Home] = true
		to := 0.0
		for k, fill := range l.Fill {
			at := fmt.Sprintf("%s.fill[%d]", at, k)
			if _, ok := f.nodes[fill.Node]; fill.Node != "" && !ok {
				wrong(at+".node", fill.Node, "the name of a node of the tree")
			}
			if !(fill.To >= to && fill.To <= 1) {
				wrong(at+".to", fmt.Sprint(fill.To), fmt.Sprintf("a share from that before it, %v, to 1", to))
			}
			to = math.Max(to, fill.To)
		}
		if to != 1 {
			wrong(at+".fill", fmt.Sprint(to), "a list that ends at 1")
		}
	}
	return errors.Join(errs...)
}

// member is who is in a node, as one source sees it.
type member struct {
	spans   []Span
	classes Classes
	roles   Roles
	nobody  bool // no class, or no role, is left
}

// member returns who is in a node and in all that it is in; in that of no name is
// everybody.
func (f forest) member(v View, name string) member {
	if name == "" {
		return member{spans: everyone}
	}
	n := f.nodes[name]
	m := f.member(v, n.In)
	m.restrict(n)
	if n.PIDs != nil {
		m.spans = both(m.spans, v.named(n.PIDs))
	}
	if n.Internal != nil {
		m.spans = both(m.spans, v.internal(*n.Internal))
	}
	for _, property := range slices.Sorted(maps.Keys(n.Where)) {
		m.spans = both(m.spans, v.labelled(property, n.Where[property]))
	}
	return m
}

// restrict narrows down classes and roles.
func (m *member) restrict(n Node) {
	if n.Classes != 0 {
		if m.classes == 0 {
			m.classes = n.Classes
		}
		m.classes &= n.Classes
		m.nobody = m.nobody || m.classes == 0
	}
	if n.Roles != 0 {
		if m.roles == 0 {
			m.roles = n.Roles
		}
		m.roles &= n.Roles
		m.nobody = m.nobody || m.roles == 0
	}
}

// holds tells whether the requester is in a node.
func (m member) holds(v View) bool {
	role := Leechers
	if v.Seeder {
		role = Seeders
	}
	home := slices.ContainsFunc(m.spans, func(s Span) bool { return s.Lo <= v.Home && v.Home < s.Hi })
	return home && !m.nobody && m.classes.Has(v.Class) && m.roles.Has(role)
}

// both returns the PIDs that are in a and in b.
func both(a, b []Span) (in []Span) {
	for len(a) > 0 && len(b) > 0 {
		if lo, hi := max(a[0].Lo, b[0].Lo), min(a[0].Hi, b[0].Hi); lo < hi {
			in = append(in, Span{lo, hi, 1})
		}
		if a[0].Hi < b[0].Hi {
			a = a[1:]
		} else {
			b = b[1:]
		}
	}
	return in
}

// named returns the PIDs whose names fit one of patterns.
func (v View) named(patterns []string) (fit []Span) {
	for pid := PID(1); pid < v.Runs[len(v.Runs)-1].Hi; pid++ {
		name := v.Name(pid)
		if slices.ContainsFunc(patterns, func(pattern string) bool { ok, _ := path.Match(pattern, name); return ok }) {
			fit = extend(fit, pid, pid+1)
		}
	}
	return fit
}

// internal returns the PIDs of the home source's own network, or all others. Where the
// map does not tell, nobody is either.
func (v View) internal(want bool) (fit []Span) {
	if !v.HasISP {
		return nil
	}
	for _, r := range v.Runs {
		if r.Internal == want {
			fit = extend(fit, r.Lo, r.Hi)
		}
	}
	return fit
}

// labelled returns the PIDs whose property has one of values.
func (v View) labelled(property string, values []string) (fit []Span) {
	for _, l := range v.Labels(property) {
		if slices.Contains(values, l.Text) {
			fit = extend(fit, l.Lo, l.Hi)
		}
	}
	return fit
}

// extend adds PIDs behind those of spans.
func extend(spans []Span, lo, hi PID) []Span {
	if n := len(spans); n > 0 && spans[n-1].Hi == lo {
		spans[n-1].Hi = hi
		return spans
	}
	return append(spans, Span{lo, hi, 1})
}

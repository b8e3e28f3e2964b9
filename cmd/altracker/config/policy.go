package config

import (
	"errors"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/altracker/altracker/selector"
)

// policy reads everything before it checks anything: what options there are hangs on
// the name, which may come last.
func (d *document) policy(p *Policy, key string, n *yaml.Node) {
	at := nodes{}
	before := len(d.mistakes)
	d.section(key, n, map[string]take{
		"name":    d.text(&p.Name, "want the name of a policy"),
		"of":      d.text(&p.Of, "want the name of a policy"),
		"options": func(key string, n *yaml.Node) { p.Options = d.options(at, key, n) },
		"sources": func(key string, n *yaml.Node) {
			p.Sources = map[string]map[string]float64{}
			d.pairs(key, n, "want a mapping of source names to options", func(name string, n *yaml.Node) {
				p.Sources[name] = d.options(at, join(key, name), n)
			})
		},
		"tree": d.each(func(key string, n *yaml.Node) {
			p.Tree = append(p.Tree, d.node(at, key, n))
		}),
		"lists": d.each(func(key string, n *yaml.Node) {
			p.Lists = append(p.Lists, d.list(at, key, n))
		}),
		"census": d.within(map[string]take{
			"min_peers": d.integer(&p.CensusSize, 1, 1_000_000),
			"interval":  d.duration(&p.CensusInterval, time.Second, 24*time.Hour),
		}),
	})
	if _, err := p.Build(); err != nil && (len(d.mistakes) == before || len(at) > 0) {
		d.refused(key, at, p, err)
	}
}

// nodes is where each value stands, by its dotted key.
type nodes map[string]*yaml.Node

// options reads a mapping of option names to numbers.
func (d *document) options(at nodes, key string, n *yaml.Node) map[string]float64 {
	options := map[string]float64{}
	d.pairs(key, n, "want a mapping of option names to numbers", func(name string, n *yaml.Node) {
		v, before := 0.0, len(d.mistakes)
		if parsed(d, &v, "want a number", number)(join(key, name), n); len(d.mistakes) == before {
			options[name], at[join(key, name)] = v, n
		}
	})
	return options
}

// pairs calls f for each key of a mapping, and refuses what is no mapping.
func (d *document) pairs(key string, n *yaml.Node, want string, f func(name string, n *yaml.Node)) {
	if isNull(n) {
		return
	}
	if n.Kind != yaml.MappingNode {
		d.wrong(key, n, want)
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name := n.Content[i].Value
		if seen[name] {
			d.wrong(join(key, name), &yaml.Node{Line: n.Content[i].Line}, "the key is there twice")
			continue
		}
		seen[name] = true
		f(name, n.Content[i+1])
	}
}

// refused turns what the selector says of a policy into mistakes.
func (d *document) refused(key string, at nodes, p *Policy, err error) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, err := range joined.Unwrap() {
			d.refused(key, at, p, err)
		}
		return
	}
	var unknown *selector.UnknownError
	var option *selector.OptionError
	var tree *selector.TreeError
	switch {
	case errors.As(err, &tree):
		where := join(key, tree.Where)
		d.wrong(where, nil, "want "+tree.Want)
		m := &d.mistakes[len(d.mistakes)-1]
		if m.Value = tree.Value; at[where] != nil {
			m.Line = at[where].Line
		}
	case errors.As(err, &unknown) && unknown.Name == p.Name:
		d.mistakes = append(d.mistakes, Mistake{Key: key + ".name", Value: p.Name, Want: "want " + unknown.Want()})
	case errors.As(err, &unknown):
		d.mistakes = append(d.mistakes, Mistake{Key: key + ".of", Value: unknown.Name, Want: "want " + unknown.Want()})
	case errors.As(err, &option):
		where := join(key, "options")
		if option.Source != "" {
			where = join(join(key, "sources"), option.Source)
		}
		where = join(where, option.Option)
		d.wrong(where, at[where], "want "+option.Want)
	default:
		d.wrong(key, nil, err.Error())
	}
}

package config

import (
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/altracker/altracker/selector"
)

// noted notes where a value stands, for mistakes that are found later.
func (at nodes) noted(one take) take {
	return func(key string, n *yaml.Node) {
		at[key] = n
		one(key, n)
	}
}

// node reads a node of the classification tree.
func (d *document) node(at nodes, key string, n *yaml.Node) (node selector.Node) {
	node.Where = map[string][]string{}
	var classes []selector.Class
	d.section(key, n, map[string]take{
		"name":     at.noted(d.text(&node.Name, "want a name")),
		"in":       at.noted(d.text(&node.In, "want the name of a node")),
		"pids":     at.noted(appended(d, &node.PIDs, "want a pattern of PID names such as pid-*", pattern)),
		"internal": func(key string, n *yaml.Node) { node.Internal = new(bool); d.boolean(node.Internal)(key, n) },
		"role":     parsed(d, &node.Roles, "want seeder or leecher", role),
		"class":    appended(d, &classes, "want one of unknown, slow, medium, fast", class),
		"where": func(key string, n *yaml.Node) {
			d.pairs(key, n, "want a mapping of properties to lists of values", func(name string, n *yaml.Node) {
				var values []string
				appended(d, &values, "want a value", func(s string) (string, error) { return s, nil })(join(key, name), n)
				node.Where[name] = values
			})
		},
	})
	node.Classes = selector.ClassesOf(classes...)
	return node
}

func role(s string) (selector.Roles, error) {
	switch s {
	case "seeder":
		return selector.Seeders, nil
	case "leecher":
		return selector.Leechers, nil
	}
	return 0, errRange
}

func class(s string) (selector.Class, error) {
	all := []selector.Class{selector.Unknown, selector.Slow, selector.Medium, selector.Fast}
	i := slices.IndexFunc(all, func(c selector.Class) bool { return c.String() == s })
	if i < 0 {
		return 0, fmt.Errorf("%q is no class", s)
	}
	return all[i], nil
}

// list reads the traversal list of a home node.
func (d *document) list(at nodes, key string, n *yaml.Node) (list selector.TraversalList) {
	d.section(key, n, map[string]take{
		"home": at.noted(d.text(&list.Home, "want the name of a node")),
		"fill": at.noted(d.each(func(key string, n *yaml.Node) {
			var fill selector.Fill
			d.section(key, n, map[string]take{
				"node": at.noted(d.text(&fill.Node, "want the name of a node")),
				"to":   at.noted(parsed(d, &fill.To, "want a number from 0 to 1", number)),
			})
			list.Fill = append(list.Fill, fill)
		})),
	})
	return list
}

package mapbuild

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// A document collects the mistakes of a YAML file while its values are taken out.
type document struct{ mistakes Mistakes }

func (d *document) wrong(key string, n *yaml.Node, want string, args ...any) {
	m := Mistake{Key: key, Want: fmt.Sprintf(want, args...)}
	if n != nil {
		m.Line = n.Line
		if n.Kind == yaml.ScalarNode {
			m.Value = n.Value
		}
	}
	d.mistakes = append(d.mistakes, m)
}

// read parses a file of one document and takes its root.
func (d *document) read(text []byte, take func(root *yaml.Node)) {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var root yaml.Node
	switch err := decoder.Decode(&root); {
	case errors.Is(err, io.EOF):
		d.wrong("file", nil, "it is empty")
		return
	case err != nil:
		d.wrong("file", nil, "not YAML: %s", strings.TrimPrefix(err.Error(), "yaml: "))
		return
	}
	take(root.Content[0])
	if err := decoder.Decode(&yaml.Node{}); !errors.Is(err, io.EOF) {
		d.wrong("file", nil, "want one YAML document, there are more")
	}
}

// take reads the value of a key.
type take func(key string, n *yaml.Node)

// section reads a mapping: each value is taken as the name of its key says, a key
// of another name is a mistake.
func (d *document) section(key string, n *yaml.Node, known map[string]take) {
	names := "one of " + strings.Join(slices.Sorted(maps.Keys(known)), ", ")
	if n.Kind != yaml.MappingNode {
		d.wrong(key, n, "want a mapping with %s", names)
		return
	}
	seen := make(map[string]bool)
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, value := n.Content[i], n.Content[i+1]
		full := strings.TrimPrefix(key+"."+name.Value, ".")
		take, ok := known[name.Value]
		switch {
		case value.Kind == yaml.AliasNode:
			d.wrong(full, &yaml.Node{Line: value.Line}, "want the value itself, not a YAML alias")
		case seen[name.Value]:
			d.wrong(full, &yaml.Node{Line: name.Line}, "the key is there twice")
		case !ok:
			d.wrong(full, &yaml.Node{Line: name.Line}, "no such key; want %s", names)
		default:
			take(full, value)
		}
		seen[name.Value] = true
	}
}

// each takes the elements of a list.
func (d *document) each(one take) take {
	return func(key string, n *yaml.Node) {
		if n.Kind != yaml.SequenceNode {
			d.wrong(key, n, "want a list")
			return
		}
		for i, e := range n.Content {
			one(fmt.Sprintf("%s[%d]", key, i), e)
		}
	}
}

// parsed takes a scalar that parse accepts; want says which those are.
func parsed[T any](d *document, into *T, want string, parse func(string) (T, bool)) take {
	return func(key string, n *yaml.Node) {
		if n.Kind == yaml.ScalarNode && n.Tag != "!!null" {
			if v, ok := parse(n.Value); ok {
				*into = v
				return
			}
		}
		d.wrong(key, n, "%s", want)
	}
}

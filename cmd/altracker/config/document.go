package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// password is the part of a URL that is nobody's business.
var password = regexp.MustCompile(`://[^/]*@`)

// document collects the mistakes of one file while its values are taken out.
type document struct{ mistakes Mistakes }

func (d *document) wrong(key string, n *yaml.Node, want string) {
	m := Mistake{Key: key, Want: want}
	if n != nil {
		m.Line = n.Line
		m.Value = password.ReplaceAllString(n.Value, "://...@")
		if n.Kind == yaml.MappingNode || n.Kind == yaml.SequenceNode {
			m.Value = ""
		}
	}
	d.mistakes = append(d.mistakes, m)
}

// take reads one value of a known key.
type take func(key string, n *yaml.Node)

// section reads a mapping: the value of each key is taken as its name says, a key
// of another name is a mistake.
func (d *document) section(key string, n *yaml.Node, known map[string]take) {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if isNull(n) {
		return
	}
	if n.Kind != yaml.MappingNode {
		d.wrong(key, n, "want a mapping with "+names(known))
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, value := n.Content[i], n.Content[i+1]
		if value.Kind == yaml.AliasNode {
			value = value.Alias
		}
		full := join(key, name.Value)
		switch take, ok := known[name.Value]; {
		case seen[name.Value]:
			d.wrong(full, &yaml.Node{Line: name.Line}, "the key is there twice")
		case !ok:
			d.wrong(full, &yaml.Node{Line: name.Line}, "no such key; want "+names(known))
		default:
			take(full, value)
		}
		seen[name.Value] = true
	}
}

func join(key, name string) string {
	if key == "" {
		return name
	}
	return key + "." + name
}

func names(known map[string]take) string {
	return "one of " + strings.Join(slices.Sorted(maps.Keys(known)), ", ")
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

// within takes a mapping into a section of its own.
func (d *document) within(known map[string]take) take {
	return func(key string, n *yaml.Node) { d.section(key, n, known) }
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
func parsed[T any](d *document, into *T, want string, parse func(string) (T, error)) take {
	return func(key string, n *yaml.Node) {
		if n.Kind != yaml.ScalarNode || isNull(n) {
			d.wrong(key, n, want)
			return
		}
		v, err := parse(n.Value)
		if err != nil {
			d.wrong(key, n, want)
			return
		}
		*into = v
	}
}

// appended is parsed for the elements of a list. A list that is there is not nil.
func appended[T any](d *document, into *[]T, want string, parse func(string) (T, error)) take {
	one := func(key string, n *yaml.Node) {
		var v T
		before := len(d.mistakes)
		if parsed(d, &v, want, parse)(key, n); len(d.mistakes) == before {
			*into = append(*into, v)
		}
	}
	return func(key string, n *yaml.Node) {
		*into = []T{}
		d.each(one)(key, n)
	}
}

var errRange = errors.New("out of range")

func (d *document) duration(into *time.Duration, least, most time.Duration) take {
	want := fmt.Sprintf("want a duration from %v to %v, such as %v", least, most, min(max(least, 30*time.Minute), most))
	return parsed(d, into, want, func(s string) (time.Duration, error) {
		v, err := time.ParseDuration(s)
		if err == nil && (v < least || v > most) {
			err = errRange
		}
		return v, err
	})
}

func (d *document) integer(into *int, least, most int) take {
	return parsed(d, into, fmt.Sprintf("want a whole number from %d to %d", least, most), func(s string) (int, error) {
		v, err := strconv.Atoi(s)
		if err == nil && (v < least || v > most) {
			err = errRange
		}
		return v, err
	})
}

func (d *document) boolean(into *bool) take {
	return parsed(d, into, "want true or false", func(s string) (bool, error) {
		if s != "true" && s != "false" {
			return false, errRange
		}
		return s == "true", nil
	})
}

// word takes one of a few words.
func (d *document) word(into *string, words ...string) take {
	return parsed(d, into, "want one of "+strings.Join(words, ", "), func(s string) (string, error) {
		if !slices.Contains(words, s) {
			return "", errRange
		}
		return s, nil
	})
}

func (d *document) text(into *string, want string) take {
	return parsed(d, into, want, func(s string) (string, error) {
		if s == "" {
			return "", errRange
		}
		return s, nil
	})
}

func number(s string) (float64, error) {
	v, err := strconv.ParseFloat(s, 64)
	if err == nil && (math.IsNaN(v) || math.IsInf(v, 0)) {
		err = errRange
	}
	return v, err
}

// Load reads a file. The error is one of reading it, or [Mistakes].
func Load(path string) (Config, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return Config{}, err
	}
	return Parse(b)
}

// Parse reads the text of a file. The error is [Mistakes].
func Parse(text []byte) (Config, error) {
	d, c := &document{}, Default()
	var root yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(text))
	switch err := dec.Decode(&root); {
	case errors.Is(err, io.EOF): // an empty file: all defaults
	case err != nil:
		return Config{}, Mistakes{{Key: "file", Want: "not YAML: " + strings.TrimPrefix(err.Error(), "yaml: ")}}
	default:
		d.config(&c, root.Content[0])
		if err := dec.Decode(&yaml.Node{}); !errors.Is(err, io.EOF) {
			d.wrong("file", nil, "want one YAML document, there are more")
		}
	}
	c.fill()
	if len(d.mistakes) == 0 {
		d.agree(&c)
	}
	if len(d.mistakes) > 0 {
		return Config{}, d.mistakes
	}
	return c, nil
}

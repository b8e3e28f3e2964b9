package altoclient

import (
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// tree is a document as encoding/json would decode it into an any: what small
// documents and network maps are patched as.
type tree struct{ root any }

// readTree reads one document. Duplicate names refuse it.
func readTree(r io.Reader, limits Limits) (*tree, error) {
	d := &document{jsontext.NewDecoder(&cappedReader{r: r, limit: limits.Bytes})}
	t := new(tree)
	if err := json.UnmarshalDecode(d.dec, &t.root); err != nil {
		return nil, d.syntax(err)
	}
	return t, d.close()
}

func cloneTree(v any) any {
	switch v := v.(type) {
	case map[string]any:
		c := maps.Clone(v)
		for name, member := range c {
			c[name] = cloneTree(member)
		}
		return c
	case []any:
		c := slices.Clone(v)
		for i, element := range c {
			c[i] = cloneTree(element)
		}
		return c
	}
	return v
}

func (t *tree) get(at []string) (any, error) {
	v := t.root
	for _, token := range at {
		var err error
		if v, err = child(v, token); err != nil {
			return nil, err
		}
	}
	return v, nil
}

func (t *tree) holds(at []string, value any) (bool, error) {
	have, err := t.get(at)
	return err == nil && reflect.DeepEqual(have, value), err
}

func (t *tree) add(at []string, value any) error {
	return t.edit(at, func(in any, name string) (any, error) {
		switch in := in.(type) {
		case map[string]any:
			in[name] = value
			return in, nil
		case []any:
			i, err := elementIndex(name, len(in)+1)
			if name == "-" {
				i, err = len(in), nil
			}
			if err != nil {
				return nil, err
			}
			return slices.Insert(in, i, value), nil
		}
		return nil, errNoValue
	}, func(any) (any, error) { return value, nil })
}

func (t *tree) remove(at []string) error {
	return t.edit(at, func(in any, name string) (any, error) {
		if _, err := child(in, name); err != nil {
			return nil, err
		}
		if object, ok := in.(map[string]any); ok {
			delete(object, name)
			return object, nil
		}
		array := in.([]any) // since it has a child
		i, err := elementIndex(name, len(array))
		if err != nil {
			return nil, err
		}
		return slices.Delete(array, i, i+1), nil
	}, func(any) (any, error) { return nil, errNotWhole })
}

// edit replaces the container of the value at a place by what inside returns, or
// the whole document by what whole returns.
func (t *tree) edit(at []string, inside func(in any, name string) (any, error), whole func(any) (any, error)) error {
	root, err := editAt(t.root, at, inside, whole)
	if err == nil {
		t.root = root
	}
	return err
}

func editAt(v any, at []string, inside func(any, string) (any, error), whole func(any) (any, error)) (any, error) {
	switch len(at) {
	case 0:
		return whole(v)
	case 1:
		return inside(v, at[0])
	}
	c, err := child(v, at[0])
	if err != nil {
		return nil, err
	}
	if c, err = editAt(c, at[1:], inside, whole); err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case map[string]any:
		v[at[0]] = c
	case []any:
		i, err := elementIndex(at[0], len(v))
		if err != nil {
			return nil, err
		}
		v[i] = c
	}
	return v, nil
}

func child(v any, token string) (any, error) {
	switch v := v.(type) {
	case map[string]any:
		if c, ok := v[token]; ok {
			return c, nil
		}
	case []any:
		i, err := elementIndex(token, len(v))
		if err != nil {
			return nil, err
		}
		return v[i], nil
	}
	return nil, errNoValue
}

// elementIndex reads the index of an array of n elements (RFC 6901 section 4).
func elementIndex(token string, n int) (int, error) {
	i, err := strconv.Atoi(token)
	if err != nil || strconv.Itoa(i) != token || i < 0 {
		return 0, fmt.Errorf("%.20q is not an array index", token)
	}
	if i >= n {
		return 0, errNoValue
	}
	return i, nil
}

package scenario

import (
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Mistake is a key that is not known, or a value that cannot be.
type Mistake struct {
	Line  int    // 0: none
	Key   string // dotted
	Value string
	Want  string // what is allowed
}

func (m *Mistake) Error() string {
	text := m.Key
	if m.Line > 0 {
		text = fmt.Sprintf("line %d: %s", m.Line, m.Key)
	}
	if m.Value != "" {
		text += ": " + m.Value
	}
	return text + ": want " + m.Want
}

// decoder reads YAML into structs whose tags name the keys, and collects all mistakes.
type decoder struct{ mistakes []error }

func decode(text []byte, into any) (mistakes []error, err error) {
	var root yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil {
		return nil, err
	}
	if len(root.Content) != 1 {
		return nil, errors.New("the file is empty")
	}
	var d decoder
	d.value("", root.Content[0], reflect.ValueOf(into).Elem())
	return d.mistakes, nil
}

func (d *decoder) wrong(key string, n *yaml.Node, want string) {
	m := &Mistake{Line: n.Line, Key: key, Want: want}
	if n.Kind == yaml.ScalarNode {
		m.Value = strconv.Quote(n.Value)
	}
	d.mistakes = append(d.mistakes, m)
}

// value reads n into v. Null leaves v as it is.
func (d *decoder) value(key string, n *yaml.Node, v reflect.Value) {
	if n.Kind == yaml.AliasNode {
		d.wrong(key, n, "a value written out, no alias")
		return
	}
	if n.Tag == "!!null" {
		return
	}
	if from, ok := v.Addr().Interface().(nodeReader); ok {
		if want := from.readNode(n); want != "" {
			d.wrong(key, n, want)
		}
		return
	}
	if text, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		d.text(key, n, text)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.value(key, n, v.Elem())
	case reflect.Struct:
		d.structure(key, n, v)
	case reflect.Map:
		d.mapping(key, n, v)
	case reflect.Slice:
		d.list(key, n, v)
	default:
		d.scalar(key, n, v)
	}
}

// nodeReader is a value that may be written in more than one way. It returns what is
// wanted if n is not that.
type nodeReader interface {
	readNode(n *yaml.Node) (want string)
}

func (d *decoder) text(key string, n *yaml.Node, into encoding.TextUnmarshaler) {
	if n.Kind != yaml.ScalarNode {
		d.wrong(key, n, "one value")
		return
	}
	if err := into.UnmarshalText([]byte(n.Value)); err != nil {
		d.wrong(key, n, err.Error())
	}
}

func (d *decoder) structure(key string, n *yaml.Node, v reflect.Value) {
	keys := tags(v.Type())
	d.pairs(key, n, "a mapping of "+strings.Join(keys, ", "), func(name string, k, n *yaml.Node) {
		for i := range v.NumField() {
			if tag := v.Type().Field(i).Tag.Get("yaml"); tag == name && isKey(tag) {
				d.value(join(key, name), n, v.Field(i))
				return
			}
		}
		d.mistakes = append(d.mistakes, &Mistake{Line: k.Line, Key: join(key, name), Want: "one of " + strings.Join(keys, ", ")})
	})
}

// tags lists the keys of a struct.
func tags(t reflect.Type) (keys []string) {
	for f := range t.Fields() {
		if tag := f.Tag.Get("yaml"); isKey(tag) {
			keys = append(keys, tag)
		}
	}
	return keys
}

// isKey tells a key from the mark of a field that has none.
func isKey(tag string) bool { return tag != "" && tag != "-" }

func (d *decoder) mapping(key string, n *yaml.Node, v reflect.Value) {
	v.Set(reflect.MakeMap(v.Type()))
	d.pairs(key, n, "a mapping", func(name string, _, n *yaml.Node) {
		element := reflect.New(v.Type().Elem()).Elem()
		d.value(join(key, name), n, element)
		v.SetMapIndex(reflect.ValueOf(name), element)
	})
}

// pairs calls f for each key of a mapping.
func (d *decoder) pairs(key string, n *yaml.Node, want string, f func(name string, k, n *yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		d.wrong(key, n, want)
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		if seen[k.Value] {
			d.mistakes = append(d.mistakes, &Mistake{Line: k.Line, Key: join(key, k.Value), Want: "it once"})
			continue
		}
		seen[k.Value] = true
		f(k.Value, k, n.Content[i+1])
	}
}

func (d *decoder) list(key string, n *yaml.Node, v reflect.Value) {
	items := n.Content
	if n.Kind != yaml.SequenceNode {
		items = []*yaml.Node{n} // one is a list of one
	}
	for i, item := range items {
		element := reflect.New(v.Type().Elem()).Elem()
		d.value(fmt.Sprintf("%s[%d]", key, i), item, element)
		v.Set(reflect.Append(v, element))
	}
}

func (d *decoder) scalar(key string, n *yaml.Node, v reflect.Value) {
	if n.Kind != yaml.ScalarNode {
		d.wrong(key, n, "one value")
		return
	}
	var err error
	want := "text"
	switch v.Kind() {
	case reflect.String:
		v.SetString(n.Value)
	case reflect.Bool:
		want = "true or false"
		if err = n.Decode(v.Addr().Interface()); n.Tag != "!!bool" {
			err = errors.New(want)
		}
	case reflect.Int:
		want = "a whole number"
		var i int64
		i, err = strconv.ParseInt(n.Value, 10, 64)
		v.SetInt(i)
	case reflect.Float64:
		want = "a number"
		var f float64
		f, err = strconv.ParseFloat(n.Value, 64)
		v.SetFloat(f)
	default:
		err = fmt.Errorf("a key of a kind that cannot be read: %v", v.Kind())
	}
	if err != nil {
		d.wrong(key, n, want)
	}
}

func join(key, name string) string {
	if key == "" {
		return name
	}
	return key + "." + name
}

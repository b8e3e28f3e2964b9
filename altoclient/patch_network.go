package altoclient

import (
	"errors"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// networkMapTree returns the document of a network map, prefixes in order. A JSON
// Patch must not be applied to it: it counts the prefixes in the order that the
// server sent them in.
func networkMapTree(m *NetworkMap) *tree {
	groups := make(map[string]any, m.PIDs())
	for pid := uint32(1); int(pid) <= m.PIDs(); pid++ {
		groups[m.Name(pid)] = map[string]any{}
	}
	for prefix, pid := range m.table.AllSorted() {
		group := groups[m.Name(pid)].(map[string]any)
		family := "ipv6"
		if prefix.Addr().Is4() {
			family = "ipv4"
		}
		list, _ := group[family].([]any)
		group[family] = append(list, prefix.String())
	}
	return &tree{map[string]any{
		"meta":        map[string]any{"vtag": map[string]any{"resource-id": m.vtag.ResourceID, "tag": m.vtag.Tag}},
		"network-map": groups,
	}}
}

// networkMap compiles the document. PIDs that old has too keep their order, so
// that they mostly keep their numbers; if all places keep theirs, the prefix table
// is that of old, and if the version tag is the same too, it returns old itself.
func (t *tree) networkMap(old *NetworkMap, limits Limits) (*NetworkMap, error) {
	vtag, err := t.networkMapTag()
	if err != nil {
		return nil, err
	}
	groups, err := member[map[string]any](t.root, "/network-map", "an object")
	if err != nil {
		return nil, err
	}
	if len(groups) > limits.PIDs {
		return nil, &ParseError{Path: "/network-map", Err: tooMany("PIDs", limits.PIDs)}
	}
	var b NetworkMapBuilder
	for _, name := range orderedNames(groups, old) {
		at := jsontext.Pointer("/network-map").AppendToken(name)
		if err := b.addGroup(at, name, groups[name], limits); err != nil {
			return nil, err
		}
	}
	m := b.Build(vtag)
	switch {
	case old == nil || !old.sameContent(m):
		return m, nil
	case old.vtag == vtag:
		return old, nil
	}
	same := *old
	same.vtag = vtag
	return &same, nil
}

func (t *tree) networkMapTag() (vtag VersionTag, err error) {
	for at, text := range map[jsontext.Pointer]*string{"/meta/vtag/resource-id": &vtag.ResourceID, "/meta/vtag/tag": &vtag.Tag} {
		if *text, err = member[string](t.root, at, "a string"); err != nil {
			return vtag, err
		}
	}
	if err := checkName(vtag.ResourceID); err != nil {
		return vtag, &ParseError{Path: "/meta/vtag/resource-id", Err: err}
	}
	if err := checkTag(vtag.Tag); err != nil {
		return vtag, &ParseError{Path: "/meta/vtag/tag", Err: err}
	}
	return vtag, nil
}

// member returns a value of the type that must be at a place.
func member[T any](root any, at jsontext.Pointer, want string) (v T, err error) {
	found, err := (&tree{root}).get(slices.Collect(at.Tokens()))
	if err != nil {
		return v, missing(string(at))
	}
	v, ok := found.(T)
	if !ok {
		return v, &ParseError{Path: string(at), Err: fmt.Errorf("want %s", want)}
	}
	return v, nil
}

// orderedNames returns the names of groups: those of old as they are there, then
// the rest.
func orderedNames(groups map[string]any, old *NetworkMap) []string {
	names := make([]string, 0, len(groups))
	known := make(map[string]bool)
	if old != nil {
		for _, name := range old.names[1:] {
			if _, ok := groups[name]; ok {
				names = append(names, name)
				known[name] = true
			}
		}
	}
	rest := len(names)
	for name := range groups {
		if !known[name] {
			names = append(names, name)
		}
	}
	slices.Sort(names[rest:])
	return names
}

func (b *NetworkMapBuilder) addGroup(at jsontext.Pointer, name string, group any, limits Limits) error {
	pid, err := b.PID(name)
	if err != nil {
		return &ParseError{Path: string(at), Err: err}
	}
	families, ok := group.(map[string]any)
	if !ok {
		return &ParseError{Path: string(at), Err: errors.New("want an object")}
	}
	for _, family := range []string{"ipv4", "ipv6"} {
		value, ok := families[family]
		if !ok {
			continue
		}
		at := at.AppendToken(family)
		list, ok := value.([]any)
		if !ok {
			return &ParseError{Path: string(at), Err: errors.New("want an array")}
		}
		for i, element := range list {
			if err := b.addText(pid, element, family, limits); err != nil {
				return &ParseError{Path: fmt.Sprintf("%s/%d", at, i), Err: err}
			}
		}
	}
	return nil
}

func (b *NetworkMapBuilder) addText(pid uint32, element any, family string, limits Limits) error {
	text, ok := element.(string)
	if !ok {
		return errors.New("want a string")
	}
	prefix, err := parsePrefix(text, family == "ipv4")
	switch {
	case err != nil:
		return err
	case b.table.Size() >= limits.Prefixes:
		return tooMany("prefixes", limits.Prefixes)
	}
	return b.Add(pid, prefix)
}

// sameMeaning tells whether both maps place every address alike under the same
// names, whatever their numbers.
func (m *NetworkMap) sameMeaning(o *NetworkMap) bool {
	if m.sameContent(o) {
		return true
	}
	if len(m.names) != len(o.names) || m.Len() != o.Len() || !slices.Equal(slices.Sorted(slices.Values(m.names)), slices.Sorted(slices.Values(o.names))) {
		return false
	}
	for prefix, pid := range m.table.All() {
		if other, ok := o.table.Get(prefix); !ok || o.names[other] != m.names[pid] {
			return false
		}
	}
	return true
}

package topo

import (
	"fmt"
	"io"
)

// ReadGML reads a network in GML with the attributes of the Internet Topology Zoo, as
// [ReadGraphML] does.
func ReadGML(r io.Reader, name string) (*Graph, error) {
	text, err := unpackDocument(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	p := gmlParser{scan: gmlScanner{text: text, line: 1}}
	top, err := p.list(0)
	if err != nil {
		return nil, fmt.Errorf("%s:%d: %w", name, p.scan.line, err)
	}
	b := newGraphBuilder(name)
	for _, e := range top {
		if e.key != "graph" || e.list == nil {
			continue
		}
		b.directed = gmlValues(e.list)["directed"] == "1"
		if err := b.addZoo(gmlElements(e.list, "node"), gmlElements(e.list, "edge")); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return b.build()
}

// gmlEntry is a key with a value: a number or text, or a list if that is not nil.
type gmlEntry struct {
	key  string
	text string
	list []gmlEntry
	line int
}

func gmlElements(list []gmlEntry, key string) []zooElement {
	var found []zooElement
	for _, e := range list {
		if e.key == key && e.list != nil {
			found = append(found, zooElement{fmt.Sprintf("line %d: %s", e.line, key), gmlValues(e.list)})
		}
	}
	return found
}

func gmlValues(list []gmlEntry) map[string]string {
	values := make(map[string]string, len(list))
	for _, e := range list {
		if e.list == nil {
			values[e.key] = e.text
		}
	}
	return values
}

// maxGMLDepth is how deep lists may nest; those of the Zoo are two deep, of drawings four.
const maxGMLDepth = 32

type gmlParser struct{ scan gmlScanner }

// list reads to the bracket that closes it, or to the end at depth 0.
func (p *gmlParser) list(depth int) ([]gmlEntry, error) {
	if depth > maxGMLDepth {
		return nil, fmt.Errorf("lists are nested more than %d deep", maxGMLDepth)
	}
	entries := []gmlEntry{} // not nil: an empty list is one
	for {
		key, err := p.scan.next()
		switch {
		case err != nil:
			return nil, err
		case key.kind == gmlClose && depth > 0, key.kind == gmlEnd && depth == 0:
			return entries, nil
		case key.kind == gmlEnd:
			return nil, fmt.Errorf("a list is not closed")
		case key.kind != gmlWord:
			return nil, fmt.Errorf("%s, want a key", key)
		}
		e := gmlEntry{key: key.text, line: p.scan.line}
		value, err := p.scan.next()
		switch {
		case err != nil:
			return nil, err
		case value.kind == gmlOpen:
			if e.list, err = p.list(depth + 1); err != nil {
				return nil, err
			}
		case value.kind == gmlWord || value.kind == gmlString:
			e.text = value.text
		default:
			return nil, fmt.Errorf("%s, want a value of %.80q", value, e.key)
		}
		entries = append(entries, e)
	}
}

package asnmap

import (
	"encoding/binary"
	"maps"
	"net/netip"
	"slices"
)

// mmdbWriter makes databases in MaxMind's format 2.0, with records of 24 bits
// and a tree for IPv6 that holds IPv4 in ::/96. Prefixes must not overlap.
type mmdbWriter struct {
	nodes [][2]mmdbRecord
	data  []byte
}

// A mmdbRecord is the number of a node, or a place in the data, or nothing.
type mmdbRecord struct {
	node    int
	data    int
	hasData bool
}

func (w *mmdbWriter) add(prefix netip.Prefix, fields map[string]any) {
	if w.nodes == nil {
		w.nodes = make([][2]mmdbRecord, 1)
	}
	f, n := numberOf(prefix.Addr())
	bits := prefix.Bits() + 128 - f.bits()
	node := 0
	for depth := 0; ; depth++ {
		side := n.right(127-depth).lo & 1
		if depth == bits-1 {
			w.nodes[node][side] = mmdbRecord{data: len(w.data), hasData: true}
			break
		}
		if w.nodes[node][side].node == 0 {
			w.nodes[node][side].node = len(w.nodes)
			w.nodes = append(w.nodes, [2]mmdbRecord{})
		}
		node = w.nodes[node][side].node
	}
	w.data = appendMMDB(w.data, fields)
}

// bytes returns the whole file.
func (w *mmdbWriter) bytes() []byte {
	var b []byte
	for _, node := range w.nodes {
		for _, r := range node {
			value := len(w.nodes)
			switch {
			case r.hasData:
				value += 16 + r.data
			case r.node != 0:
				value = r.node
			}
			b = append(b, byte(value>>16), byte(value>>8), byte(value))
		}
	}
	b = append(b, make([]byte, 16)...)
	b = append(b, w.data...)
	b = append(b, mmdbMark...)
	return appendMMDB(b, map[string]any{
		"binary_format_major_version": uint16(2),
		"binary_format_minor_version": uint16(0),
		"build_epoch":                 uint64(1),
		"database_type":               "Test",
		"description":                 map[string]any{"en": "made by a test"},
		"ip_version":                  uint16(6),
		"languages":                   []any{"en"},
		"node_count":                  uint32(len(w.nodes)),
		"record_size":                 uint16(24),
	})
}

// appendMMDB appends a value as the data section has it.
func appendMMDB(b []byte, value any) []byte {
	switch v := value.(type) {
	case string:
		return append(appendMMDBHead(b, 2, len(v)), v...)
	case uint16:
		return binary.BigEndian.AppendUint16(appendMMDBHead(b, 5, 2), v)
	case uint32:
		return binary.BigEndian.AppendUint32(appendMMDBHead(b, 6, 4), v)
	case uint64:
		return binary.BigEndian.AppendUint64(appendMMDBHead(b, 9, 8), v)
	case []any:
		b = appendMMDBHead(b, 11, len(v))
		for _, element := range v {
			b = appendMMDB(b, element)
		}
		return b
	case map[string]any:
		b = appendMMDBHead(b, 7, len(v))
		for _, key := range slices.Sorted(maps.Keys(v)) {
			b = appendMMDB(appendMMDB(b, key), v[key])
		}
		return b
	default:
		panic("no such type in the format")
	}
}

// appendMMDBHead appends the type and the size of a value; types above 7 take a
// byte of their own, and so do sizes above 28.
func appendMMDBHead(b []byte, kind, size int) []byte {
	first := byte(min(size, 29))
	if kind <= 7 {
		b = append(b, byte(kind)<<5|first)
	} else {
		b = append(b, first, byte(kind-7))
	}
	if size >= 29 {
		b = append(b, byte(size-29))
	}
	return b
}

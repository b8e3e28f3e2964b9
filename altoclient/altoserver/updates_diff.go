package altoserver

import (
	"bytes"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/altracker/altracker/altoclient"
)

// undefined is the cost of a pair that a map leaves out.
var undefined = float32(math.NaN())

// change returns what makes of a resource in from the one in to: a JSON Merge
// Patch or, if that would not be shorter or cannot say it, the whole document.
func change(from, to *Content, r resource) update {
	old, ok := from.resource(r.subject)
	switch {
	case !ok:
		return r.update()
	case bytes.Equal(old.body, r.body):
		return update{}
	}
	var patch []byte
	if r.costs == nil {
		patch, ok = diffDocuments(old.body, r.body)
	} else {
		patch, ok = diffCostMaps(old, r)
	}
	if !ok || len(patch) >= len(r.body) {
		return r.update()
	}
	return update{altoclient.MediaTypeMergePatch, patch}
}

func diffDocuments(old, now []byte) (patch []byte, ok bool) {
	return appendMergeDiff(nil, old, now)
}

// appendMergeDiff appends the JSON Merge Patch that makes now of old. There is none
// if it would have to define something as null (RFC 7396 section 1). What is alike
// byte by byte, or new, is not taken apart.
func appendMergeDiff(b []byte, old, now jsontext.Value) (_ []byte, ok bool) {
	switch {
	case now.Kind() != '{':
		return append(b, now...), now.Kind() != 'n'
	case old.Kind() != '{' && !bytes.Contains(now, []byte("null")): // all of it is new
		return append(b, now...), true
	}
	var before, after map[string]jsontext.Value
	if json.Unmarshal(now, &after) != nil || old.Kind() == '{' && json.Unmarshal(old, &before) != nil {
		return b, false
	}
	b = append(b, '{')
	first := true
	open := func(name string) {
		if !first {
			b = append(b, ',')
		}
		first = false
		b, _ = jsontext.AppendQuote(b, name)
		b = append(b, ':')
	}
	for _, name := range slices.Sorted(maps.Keys(before)) {
		if _, stays := after[name]; !stays {
			open(name)
			b = append(b, "null"...)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(after)) {
		was, had := before[name]
		if had && sameValue(was, after[name]) {
			continue
		}
		back, wasFirst := len(b), first
		open(name)
		start := len(b)
		if b, ok = appendMergeDiff(b, was, after[name]); !ok {
			return b, false
		}
		if was.Kind() == '{' && string(b[start:]) == "{}" { // it was written otherwise, no more
			b, first = b[:back], wasFirst
		}
	}
	return append(b, '}'), true
}

// sameValue compares all but objects, unless these are alike byte by byte.
func sameValue(a, b jsontext.Value) bool {
	if bytes.Equal(a, b) {
		return true
	}
	if a.Kind() == '{' || a.Kind() != b.Kind() {
		return false
	}
	a, b = a.Clone(), b.Clone()
	return a.Canonicalize() == nil && b.Canonicalize() == nil && bytes.Equal(a, b)
}

// diffCostMaps is diffDocuments for documents that are too large to be taken
// apart.
func diffCostMaps(old, now resource) (patch []byte, ok bool) {
	var a, b map[string]jsontext.Value
	if json.Unmarshal(old.body, &a) != nil || json.Unmarshal(now.body, &b) != nil {
		return nil, false
	}
	meta, ok := diffDocuments(a["meta"], b["meta"])
	if !ok || !sameBut(a, b, "meta", "cost-map") {
		return nil, false
	}
	patch = append(patch, `{"meta":`...)
	patch = append(patch, meta...)
	patch = append(patch, `,"cost-map":{`...)
	patch = appendCostDiff(patch, old.costs, now.costs, len(now.body))
	return append(patch, "}}"...), true
}

func sameBut(a, b map[string]jsontext.Value, but ...string) bool {
	for _, m := range []map[string]jsontext.Value{a, b} {
		for _, name := range but {
			delete(m, name)
		}
	}
	return reflect.DeepEqual(a, b)
}

// appendCostDiff gives up once it is longer than limit.
func appendCostDiff(b []byte, old, now *altoclient.CostMap, limit int) []byte {
	numbers := make(map[string]uint32, now.PIDs())
	for pid := uint32(1); int(pid) <= now.PIDs(); pid++ {
		numbers[now.Name(pid)] = pid
	}
	gone := make([]bool, old.PIDs()+1)  // by old number
	was := make([]uint32, now.PIDs()+1) // old numbers
	for pid := uint32(1); int(pid) <= old.PIDs(); pid++ {
		if n := numbers[old.Name(pid)]; n != 0 {
			was[n] = pid
		} else {
			gone[pid] = true
		}
	}
	first := true
	open := func(name string) {
		if !first {
			b = append(b, ',')
		}
		first = false
		b, _ = jsontext.AppendQuote(b, name)
		b = append(b, ':')
	}
	for pid := range gone {
		if gone[pid] {
			open(old.Name(uint32(pid)))
			b = append(b, "null"...)
		}
	}
	for src := uint32(1); int(src) <= now.PIDs() && len(b) < limit; src++ {
		before := len(b)
		wasFirst := first
		open(now.Name(src))
		b = append(b, '{')
		length := len(b)
		b = appendRowDiff(b, old, now, was, gone, src)
		if len(b) == length {
			b, first = b[:before], wasFirst
			continue
		}
		b = append(b, '}')
	}
	return b
}

func appendRowDiff(b []byte, old, now *altoclient.CostMap, was []uint32, gone []bool, src uint32) []byte {
	first := true
	put := func(name string, cost float32) {
		if !first {
			b = append(b, ',')
		}
		first = false
		b, _ = jsontext.AppendQuote(b, name)
		b = append(b, ':')
		if cost != cost {
			b = append(b, "null"...)
			return
		}
		b = strconv.AppendFloat(b, float64(cost), 'g', -1, 32)
	}
	for dst := uint32(1); int(dst) <= now.PIDs(); dst++ {
		have, had := now.Cost(src, dst), old.Cost(was[src], was[dst])
		if have != had && (have == have || had == had) {
			put(now.Name(dst), have)
		}
	}
	for dst, is := range gone {
		if had := old.Cost(was[src], uint32(dst)); is && had == had {
			put(old.Name(uint32(dst)), undefined)
		}
	}
	return b
}

package altoserver

import (
	"errors"
	"maps"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// withMeta returns doc with its meta object changed by edit; doc itself if edit
// changes nothing.
func withMeta(doc []byte, edit func(meta map[string]jsontext.Value) error) ([]byte, error) {
	var members map[string]jsontext.Value
	if err := json.Unmarshal(doc, &members); err != nil {
		return nil, err
	}
	meta := make(map[string]jsontext.Value)
	if raw, ok := members["meta"]; ok {
		if err := json.Unmarshal(raw, &meta); err != nil {
			return nil, err
		}
	}
	if meta == nil || members == nil {
		return nil, errors.New("want an object with an object called meta")
	}
	before := len(meta)
	if err := edit(meta); err != nil || len(meta) == before {
		return doc, err
	}
	raw, err := json.Marshal(meta, json.Deterministic(true))
	if err != nil {
		return nil, err
	}
	out := append([]byte(`{"meta":`), raw...)
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if name == "meta" {
			continue
		}
		out = append(out, ',')
		out, _ = jsontext.AppendQuote(out, name)
		out = append(out, ':')
		out = append(out, members[name]...)
	}
	return append(out, '}'), nil
}

package altoclient

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// The media types of incremental changes.
const (
	MediaTypeMergePatch = "application/merge-patch+json" // RFC 7396
	MediaTypeJSONPatch  = "application/json-patch+json"  // RFC 6902
)

// mergePatch returns target changed as patch says (RFC 7396 section 2). It may
// write to target, and what it returns shares parts of both.
func mergePatch(target, patch any) any {
	changes, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	object, ok := target.(map[string]any)
	if !ok {
		object = make(map[string]any)
	}
	for name, change := range changes {
		if change == nil {
			delete(object, name)
			continue
		}
		object[name] = mergePatch(object[name], change)
	}
	return object
}

// patchTarget is a document that a JSON Patch can change. Places are JSON
// Pointers taken apart; the empty place is the whole document. An operation that
// fails may leave anything behind.
type patchTarget interface {
	get(at []string) (any, error) // must not be written to
	add(at []string, value any) error
	remove(at []string) error
	holds(at []string, value any) (bool, error)
}

// jsonPatch changes target as the JSON Patch in r says (RFC 6902).
func jsonPatch(r io.Reader, target patchTarget, limits Limits) error {
	d := open(r, limits)
	err := d.array(func() error {
		op, err := d.patchOperation()
		if err != nil {
			return err
		}
		if err := op.apply(target); err != nil {
			return d.errorf("%s %.200s: %w", op.name, op.path, err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return d.close()
}

// patchOperation is one operation (RFC 6902 section 4).
type patchOperation struct {
	name     string
	path     jsontext.Pointer
	at, from []string
	value    any
}

func (d *document) patchOperation() (op patchOperation, err error) {
	var sawPath, sawFrom, sawValue bool
	err = d.object(func(member []byte) (err error) {
		switch string(member) {
		case "op":
			op.name, err = d.str()
		case "path":
			sawPath = true
			op.path, op.at, err = d.pointer()
		case "from":
			sawFrom = true
			_, op.from, err = d.pointer()
		case "value":
			sawValue = true
			op.value, err = d.tree()
		default:
			err = d.skip()
		}
		return err
	})
	if err != nil {
		return op, err
	}
	known, wantsFrom, wantsValue := true, false, false
	switch op.name {
	case "add", "replace", "test":
		wantsValue = true
	case "move", "copy":
		wantsFrom = true
	case "remove":
	default:
		known = false
	}
	switch {
	case !known:
		err = d.errorf("operation %.40q is not known", op.name)
	case !sawPath:
		err = d.errorf("%s without path", op.name)
	case wantsFrom && !sawFrom:
		err = d.errorf("%s without from", op.name)
	case wantsValue && !sawValue:
		err = d.errorf("%s without value", op.name)
	}
	return op, err
}

func (d *document) pointer() (jsontext.Pointer, []string, error) {
	text, err := d.str()
	if err != nil {
		return "", nil, err
	}
	p := jsontext.Pointer(text)
	if !p.IsValid() {
		return "", nil, d.errorf("%.80q is not a JSON Pointer", text)
	}
	return p, slices.Collect(p.Tokens()), nil
}

// tree reads any value; see [readTree].
func (d *document) tree() (v any, err error) {
	raw, err := d.dec.ReadValue()
	if err != nil {
		return nil, d.syntax(err)
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		return nil, d.errorf("%w", err)
	}
	return v, nil
}

var (
	errNoValue  = errors.New("there is no such value")
	errDiffers  = errors.New("the value is another one")
	errWithin   = errors.New("a value cannot be moved into itself")
	errNotWhole = errors.New("the whole document cannot be removed")
)

func (op patchOperation) apply(target patchTarget) error {
	switch op.name {
	case "add":
		return target.add(op.at, op.value)
	case "remove":
		return target.remove(op.at)
	case "replace":
		return replace(target, op.at, op.value)
	case "move":
		return move(target, op.from, op.at)
	case "copy":
		value, err := target.get(op.from)
		if err != nil {
			return fmt.Errorf("from: %w", err)
		}
		return target.add(op.at, cloneTree(value))
	}
	same, err := target.holds(op.at, op.value) // test
	if err == nil && !same {
		err = errDiffers
	}
	return err
}

func replace(target patchTarget, at []string, value any) error {
	if len(at) > 0 {
		if err := target.remove(at); err != nil {
			return err
		}
	}
	return target.add(at, value)
}

func move(target patchTarget, from, to []string) error {
	if len(from) < len(to) && slices.Equal(from, to[:len(from)]) {
		return errWithin
	}
	value, err := target.get(from)
	if err != nil {
		return fmt.Errorf("from: %w", err)
	}
	if slices.Equal(from, to) {
		return nil
	}
	if err := target.remove(from); err != nil {
		return fmt.Errorf("from: %w", err)
	}
	return target.add(to, value)
}

package altoclient

import (
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// ParseError tells where a document is wrong.
type ParseError struct {
	// Path is a JSON Pointer (RFC 6901) such as /network-map/pid1/ipv4/3; it is
	// empty for the document as a whole.
	Path string
	Err  error
}

func (e *ParseError) Error() string {
	if e.Path == "" {
		return "document: " + e.Err.Error()
	}
	return e.Path + ": " + e.Err.Error()
}

func (e *ParseError) Unwrap() error { return e.Err }

// document walks one JSON document. It refuses duplicate names and invalid UTF-8
// and compares names exactly, as RFC 7285 section 8.2 wants.
type document struct {
	dec *jsontext.Decoder
}

// open leaves duplicate names to us: the tokenizer's own check takes more time and
// memory than all the rest of reading a cost map.
func open(r io.Reader, limits Limits) *document {
	capped := &cappedReader{r: r, limit: limits.Bytes}
	return &document{jsontext.NewDecoder(capped, jsontext.AllowDuplicateNames(true))}
}

// The kinds of values that the walk tells apart.
const (
	kindObject jsontext.Kind = '{'
	kindArray  jsontext.Kind = '['
	kindString jsontext.Kind = '"'
	kindNumber jsontext.Kind = '0'
)

// object calls member for each member of the object that comes next. The member
// must consume the value, and must not use the name after it has begun to.
func (d *document) object(member func(name []byte) error) error {
	seen := make(map[string]bool)
	return d.members(func(name []byte) error {
		if seen[string(name)] {
			return d.duplicate()
		}
		seen[string(name)] = true
		return member(name)
	})
}

// duplicate is about the name read last.
func (d *document) duplicate() error { return d.errorf("duplicate name") }

// members is object for callers that notice duplicate names themselves.
func (d *document) members(member func(name []byte) error) error {
	if err := d.enter(kindObject, "an object"); err != nil {
		return err
	}
	for d.dec.PeekKind() != '}' {
		name, err := d.text()
		if err != nil {
			return err
		}
		if err := member(name); err != nil {
			return err
		}
	}
	return d.leave()
}

// array calls element for each element of the array that comes next.
func (d *document) array(element func() error) error {
	if err := d.enter(kindArray, "an array"); err != nil {
		return err
	}
	for d.dec.PeekKind() != ']' {
		if err := element(); err != nil {
			return err
		}
	}
	return d.leave()
}

func (d *document) enter(kind jsontext.Kind, want string) error {
	if err := d.expect(kind, want); err != nil {
		return err
	}
	_, err := d.dec.ReadToken()
	return d.syntax(err)
}

func (d *document) leave() error {
	_, err := d.dec.ReadToken()
	return d.syntax(err)
}

// expect looks at the value that comes next without reading it.
func (d *document) expect(kind jsontext.Kind, want string) error {
	have := d.dec.PeekKind()
	if have == kind {
		return nil
	}
	// Reading it finds the error there may be, and sets the path.
	if err := d.dec.SkipValue(); err != nil {
		return d.syntax(err)
	}
	return d.errorf("want %s, have %s", want, have)
}

// text reads a string. It is valid until the next read.
func (d *document) text() ([]byte, error) {
	if err := d.expect(kindString, "a string"); err != nil {
		return nil, err
	}
	raw, err := d.dec.ReadValue()
	if err != nil {
		return nil, d.syntax(err)
	}
	for _, c := range raw {
		if c == '\\' {
			return jsontext.AppendUnquote(nil, raw)
		}
	}
	return raw[1 : len(raw)-1], nil
}

func (d *document) str() (string, error) {
	b, err := d.text()
	return string(b), err
}

func (d *document) strings() ([]string, error) {
	var list []string
	err := d.array(func() error {
		s, err := d.str()
		list = append(list, s)
		return err
	})
	return list, err
}

func (d *document) boolean() (bool, error) {
	if k := d.dec.PeekKind(); k != 't' && k != 'f' {
		return false, d.expect('t', "true or false")
	}
	tok, err := d.dec.ReadToken()
	if err != nil {
		return false, d.syntax(err)
	}
	return tok.Bool(), nil
}

func (d *document) number() (float64, error) {
	if err := d.expect(kindNumber, "a number"); err != nil {
		return 0, err
	}
	raw, err := d.dec.ReadValue()
	if err != nil {
		return 0, d.syntax(err)
	}
	if n, ok := smallInt(raw); ok {
		return n, nil
	}
	f, err := strconv.ParseFloat(string(raw), 64)
	if err != nil {
		return 0, d.errorf("number %.40s is out of range", raw)
	}
	return f, nil
}

// smallInt is the quick way for what most costs are.
func smallInt(raw []byte) (float64, bool) {
	if len(raw) > 9 {
		return 0, false
	}
	n := 0
	for _, c := range raw {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return float64(n), true
}

func (d *document) skip() error { return d.syntax(d.dec.SkipValue()) }

// close checks that nothing follows the document.
func (d *document) close() error {
	_, err := d.dec.ReadToken()
	switch {
	case err == nil:
		return &ParseError{Err: errors.New("more than one JSON value")}
	case errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		return nil
	}
	return d.syntax(err)
}

// errorf is about the value read last.
func (d *document) errorf(format string, args ...any) error {
	return &ParseError{Path: string(d.dec.StackPointer()), Err: fmt.Errorf(format, args...)}
}

// syntax gives an error of the tokenizer, or of what it reads from, its place.
func (d *document) syntax(err error) error {
	if err == nil {
		return nil
	}
	var syntactic *jsontext.SyntacticError
	if errors.As(err, &syntactic) {
		return &ParseError{
			Path: string(syntactic.JSONPointer),
			Err:  fmt.Errorf("%w at byte %d", syntactic.Err, syntactic.ByteOffset),
		}
	}
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return &ParseError{Path: string(d.dec.StackPointer()), Err: err}
}

func missing(path string) error {
	return &ParseError{Path: path, Err: errors.New("is missing")}
}

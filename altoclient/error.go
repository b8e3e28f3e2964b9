package altoclient

import (
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// The error codes of RFC 7285 section 8.5.2. Servers send others; those are
// kept as they are.
const (
	CodeSyntax            = "E_SYNTAX"
	CodeMissingField      = "E_MISSING_FIELD"
	CodeInvalidFieldType  = "E_INVALID_FIELD_TYPE"
	CodeInvalidFieldValue = "E_INVALID_FIELD_VALUE"
)

// ErrorDocument is what an ALTO server says about a request it refuses (RFC
// 7285 section 8.5.2). All fields but Code are optional.
type ErrorDocument struct {
	Code        string
	Field       string // full path of the field at fault, as in cost-type/cost-mode
	Value       string // the value at fault
	SyntaxError string // free text
}

// String returns the document on one line.
func (e ErrorDocument) String() string {
	var b strings.Builder
	b.WriteString(e.Code)
	for _, part := range []struct{ name, text string }{
		{"field", e.Field}, {"value", e.Value}, {"syntax-error", e.SyntaxError},
	} {
		if part.text != "" {
			b.WriteString(", " + part.name + " " + part.text)
		}
	}
	return b.String()
}

// AppendJSON appends the document as JSON.
func (e ErrorDocument) AppendJSON(b []byte) []byte {
	b = append(b, `{"meta":{"code":`...)
	b, _ = jsontext.AppendQuote(b, e.Code)
	for _, part := range []struct{ name, text string }{
		{"field", e.Field}, {"value", e.Value}, {"syntax-error", e.SyntaxError},
	} {
		if part.text == "" {
			continue
		}
		b = append(b, `,"`+part.name+`":`...)
		// A value may hold any bytes that a request held.
		b, _ = jsontext.AppendQuote(b, strings.ToValidUTF8(part.text, "\ufffd"))
	}
	return append(b, "}}"...)
}

// ParseErrorDocument reads an application/alto-error+json document.
func ParseErrorDocument(r io.Reader) (ErrorDocument, error) {
	var e ErrorDocument
	d := open(r, Limits{Bytes: 64 << 10})
	meta := func(name []byte) (err error) {
		switch string(name) {
		case "code":
			e.Code, err = d.str()
		case "field":
			e.Field, err = d.str()
		case "value":
			e.Value, err = d.str()
		case "syntax-error":
			e.SyntaxError, err = d.str()
		default:
			err = d.skip()
		}
		return err
	}
	err := d.object(func(name []byte) error {
		if string(name) == "meta" {
			return d.object(meta)
		}
		return d.skip()
	})
	if err != nil {
		return e, err
	}
	if e.Code == "" {
		return e, missing("/meta/code")
	}
	return e, d.close()
}

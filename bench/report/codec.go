package report

import (
	"errors"
	"io"
	"math"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// In JSON a float that is NaN or infinite is null, and null is NaN.

func encode(w io.Writer, v any, indent bool) error {
	options := []json.Options{json.WithMarshalers(json.MarshalToFunc(encodeFloat)), json.FormatNilSliceAsNull(false)}
	if indent {
		options = append(options, jsontext.WithIndent(" "))
	}
	return json.MarshalWrite(w, v, options...)
}

func encodeFloat(e *jsontext.Encoder, f float64) error {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return e.WriteToken(jsontext.Null)
	}
	return errors.ErrUnsupported // that is, as any float
}

// decode reads one value and refuses anything behind it. Members that this version
// does not know are let pass: they are a newer version's.
func decode(r io.Reader, v any) error {
	return json.UnmarshalRead(r, v, json.WithUnmarshalers(json.JoinUnmarshalers(
		json.UnmarshalFromFunc(decodeFloat), json.UnmarshalFromFunc(decodeRecord),
	)))
}

func decodeFloat(d *jsontext.Decoder, f *float64) error {
	if d.PeekKind() != 'n' {
		return errors.ErrUnsupported
	}
	*f = math.NaN()
	return d.SkipValue()
}

// decodeRecord makes floats that are not there NaN.
func decodeRecord(_ *jsontext.Decoder, r *Record) error {
	*r = Blank()
	return errors.ErrUnsupported
}

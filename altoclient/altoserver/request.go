package altoserver

import (
	"errors"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/altracker/altracker/altoclient"
)

func missing(field string) *altoclient.ErrorDocument {
	return &altoclient.ErrorDocument{Code: altoclient.CodeMissingField, Field: field}
}

func invalid(field, value string) *altoclient.ErrorDocument {
	return &altoclient.ErrorDocument{Code: altoclient.CodeInvalidFieldValue, Field: field, Value: value}
}

// decode reads a request; what is wrong with it comes as RFC 7285 section 8.5.2
// wants.
func decode(body []byte, into any) *altoclient.ErrorDocument {
	err := json.Unmarshal(body, into)
	if err == nil {
		return nil
	}
	var semantic *json.SemanticError
	if !errors.As(err, &semantic) {
		return &altoclient.ErrorDocument{Code: altoclient.CodeSyntax, SyntaxError: err.Error()}
	}
	field := strings.TrimPrefix(string(semantic.JSONPointer), "/")
	if list := withoutIndexes(field); list != field {
		// An element of the wrong type is an invalid value of the array.
		return invalid(list, valueAt(body, semantic.JSONPointer))
	}
	return &altoclient.ErrorDocument{Code: altoclient.CodeInvalidFieldType, Field: field}
}

// withoutIndexes cuts off the indexes that a field ends in, as in or-constraints/0/1.
func withoutIndexes(field string) string {
	for {
		i := strings.LastIndexByte(field, '/')
		if i < 0 {
			return field
		}
		if _, err := strconv.Atoi(field[i+1:]); err != nil {
			return field
		}
		field = field[:i]
	}
}

// valueAt returns the raw text of the value at place.
func valueAt(body []byte, place jsontext.Pointer) string {
	value := jsontext.Value(body)
	for token := range place.Tokens() {
		var list []jsontext.Value
		var members map[string]jsontext.Value
		if i, err := strconv.Atoi(token); err == nil && json.Unmarshal(value, &list) == nil && i < len(list) {
			value = list[i]
		} else if json.Unmarshal(value, &members) == nil {
			value = members[token]
		}
	}
	return string(value)
}

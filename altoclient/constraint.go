package altoclient

import (
	"fmt"
	"strconv"
	"strings"
)

// Operator compares a cost with the value of a [Constraint].
type Operator string

// The operators of RFC 7285 section 11.3.2.3.
const (
	Greater        Operator = "gt"
	Less           Operator = "lt"
	GreaterOrEqual Operator = "ge"
	LessOrEqual    Operator = "le"
	Equal          Operator = "eq"
)

// Constraint is a condition on costs (RFC 7285 section 11.3.2.3).
type Constraint struct {
	Operator Operator
	Value    float64
}

// ParseConstraint reads a constraint such as "le 5".
func ParseConstraint(text string) (Constraint, error) {
	words := strings.Fields(text)
	if len(words) != 2 {
		return Constraint{}, fmt.Errorf("constraint %.80q: want an operator and a number", text)
	}
	c := Constraint{Operator: Operator(words[0])}
	switch c.Operator {
	case Greater, Less, GreaterOrEqual, LessOrEqual, Equal:
	default:
		return Constraint{}, fmt.Errorf("constraint %.80q: want gt, lt, ge, le or eq", text)
	}
	var err error
	// A number as JSON has it: strconv reads names and other bases, too.
	if c.Value, err = strconv.ParseFloat(words[1], 64); err != nil || strings.Trim(words[1], "+-.0123456789eE") != "" {
		return Constraint{}, fmt.Errorf("constraint %.80q: want a number", text)
	}
	return c, nil
}

// String returns the constraint as it is sent.
func (c Constraint) String() string {
	return string(c.Operator) + " " + strconv.FormatFloat(c.Value, 'g', -1, 64)
}

// Allows tells whether cost meets the constraint.
func (c Constraint) Allows(cost float32) bool {
	// The costs have been rounded to single precision; so must be what they are
	// compared with, or "eq 0.1" never holds.
	limit := float32(c.Value)
	switch c.Operator {
	case Greater:
		return cost > limit
	case Less:
		return cost < limit
	case GreaterOrEqual:
		return cost >= limit
	case LessOrEqual:
		return cost <= limit
	case Equal:
		return cost == limit
	}
	return false
}

func appendConstraints(b []byte, list []Constraint) []byte {
	texts := make([]string, len(list))
	for i, c := range list {
		texts[i] = c.String()
	}
	return appendStrings(b, texts)
}

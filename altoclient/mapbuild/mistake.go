package mapbuild

import (
	"fmt"
	"strings"
)

// Mistake is one thing wrong in a file of regions.
type Mistake struct {
	Key   string // dotted: "regions[0].prefixes[1]"
	Value string // as written; empty if there is none
	Want  string // what is allowed
	Line  int    // 0 if the mistake is that something is missing
}

func (m Mistake) String() string {
	s := m.Key
	if m.Value != "" {
		s += fmt.Sprintf(": %q", m.Value)
	}
	s += ": " + m.Want
	if m.Line > 0 {
		s += fmt.Sprintf(" (line %d)", m.Line)
	}
	return s
}

// Mistakes is the error of a file that was read and is wrong.
type Mistakes []Mistake

func (ms Mistakes) Error() string {
	lines := make([]string, len(ms))
	for i, m := range ms {
		lines[i] = m.String()
	}
	return strings.Join(lines, "\n")
}

package altoserver

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/altracker/altracker/altoclient"
)

// tests tell which pairs a request wants: those that pass all of one group (RFC
// 8189 section 4.1.2). Without any group, all pass.
type tests [][]test

// test is a constraint on one of several cost types.
type test struct {
	altoclient.Constraint
	index int    // of the cost type
	text  string // as the request has it
}

// maxTests bounds the work that one request can ask for.
const maxTests = 100

// tests reads constraints, which are one group, or or-constraints, which are
// several. Indexes count n cost types; where indexed is not set, there are none.
func (p costParams) tests(n int, indexed bool) (tests, *altoclient.ErrorDocument) {
	field, groups := "constraints", [][]string{p.Constraints}
	if p.OrConstraints != nil {
		field, groups = "or-constraints", *p.OrConstraints
		if len(p.Constraints) > 0 {
			return nil, invalid(field, "")
		}
		if len(groups) == 0 || slices.ContainsFunc(groups, func(g []string) bool { return len(g) == 0 }) {
			return nil, invalid(field, "[]")
		}
	}
	var all tests
	count := 0
	for _, group := range groups {
		var read []test
		for _, text := range group {
			t, err := parseTest(text, indexed)
			if count++; err != nil || t.index >= n || count > maxTests {
				return nil, invalid(field, text)
			}
			read = append(read, t)
		}
		if read != nil {
			all = append(all, read)
		}
	}
	return all, nil
}

// parseTest reads a constraint such as "le 5" or, where indexed is set, "[1] le 5".
func parseTest(text string, indexed bool) (t test, err error) {
	t.text = text
	if rest := strings.TrimSpace(text); indexed && strings.HasPrefix(rest, "[") {
		digits, after, ok := strings.Cut(rest[1:], "]")
		n, err := strconv.ParseUint(digits, 10, 16)
		if err != nil || !ok || after == strings.TrimLeft(after, " \t") {
			return t, fmt.Errorf("constraint %.80q: want an index such as [0], and a space", text)
		}
		t.index, text = int(n), after
	}
	t.Constraint, err = altoclient.ParseConstraint(text)
	return t, err
}

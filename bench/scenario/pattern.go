package scenario

import (
	"path"
	"strings"
)

// matches tells whether a name has a pattern, as pop-*; !pop-* is all others, and an
// empty one is all.
func matches(pattern, name string) bool {
	if pattern == "" {
		return true
	}
	positive, not := strings.CutPrefix(pattern, "!")
	ok, _ := path.Match(positive, name) // checked before
	return ok != not
}

func checkPattern(pattern string) bool {
	_, err := path.Match(strings.TrimPrefix(pattern, "!"), "")
	return err == nil
}

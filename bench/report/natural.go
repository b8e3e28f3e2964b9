package report

import (
	"cmp"
	"strings"
)

// naturally compares names so that pid-2 comes before pid-10.
func naturally(a, b string) int {
	for a != "" && b != "" {
		x, restA := number(a)
		y, restB := number(b)
		if x == "" || y == "" {
			x, restA, y, restB = a[:1], a[1:], b[:1], b[1:]
		}
		if x != y {
			return cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(x, y))
		}
		a, b = restA, restB
	}
	return cmp.Compare(len(a), len(b))
}

// number cuts the digits off the front of a text, without zeros that lead them.
func number(text string) (digits, rest string) {
	rest = strings.TrimLeft(text, "0123456789")
	digits = text[:len(text)-len(rest)]
	if trimmed := strings.TrimLeft(digits, "0"); trimmed != "" {
		return trimmed, rest
	}
	return digits[:min(len(digits), 1)], rest
}

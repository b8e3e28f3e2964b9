package altoclient

import (
	"math"
	"testing"
)

func TestConstraintsAreNumbersAsJSONHasThem(t *testing.T) {
	for _, text := range []string{"", "le", "le ten", "ne 5", "le 5 6", "lt NaN", "lt Inf", "lt 0x10", "lt 0x1p4", "lt 1e400"} {
		if c, err := ParseConstraint(text); err == nil {
			t.Errorf("%q is %v", text, c)
		}
	}
}

func FuzzParseConstraint(f *testing.F) {
	f.Add("le 10")
	f.Add("ge -1.5e3")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ParseConstraint(text)
		if err != nil {
			return
		}
		if again, err := ParseConstraint(c.String()); err != nil || again != c || math.IsNaN(c.Value) || math.IsInf(c.Value, 0) {
			t.Errorf("%q is %v, written %q, read %v, %v", text, c.Value, c, again, err)
		}
	})
}

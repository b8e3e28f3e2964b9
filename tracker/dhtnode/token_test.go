package dhtnode

import (
	"net/netip"
	"testing"
	"time"
)

func TestTokenIsGoodForTenToFifteenMinutesAtOneAddress(t *testing.T) {
	a, b := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	tk := tokens{key: [32]byte{1}}
	for _, into := range []time.Duration{0, time.Second, 299 * time.Second} { // of a period
		issued := noon.Add(into)
		token := tk.issue(a, issued)
		for age := time.Duration(0); age <= 10*time.Minute; age += 10 * time.Second {
			if !tk.valid(token, a, issued.Add(age)) {
				t.Errorf("token issued %v into its period is bad after %v", into, age)
			}
		}
		if tk.valid(token, a, issued.Add(15*time.Minute)) {
			t.Errorf("token issued %v into its period is good after 15 minutes", into)
		}
		if tk.valid(token, b, issued) {
			t.Error("token is good at another address")
		}
		other := tokens{key: [32]byte{2}}
		if other.valid(token, a, issued) {
			t.Error("token is good under another key")
		}
	}
	if tk.valid("", a, noon) || tk.valid(tk.issue(a, noon)+"x", a, noon) {
		t.Error("token of a wrong length is good")
	}
}

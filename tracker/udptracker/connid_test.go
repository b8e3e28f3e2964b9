package udptracker

import (
	"math/bits"
	"net/netip"
	"testing"
	"time"
)

func mustIssuer(t testing.TB, key byte, window time.Duration) *issuer {
	t.Helper()
	i, err := newIssuer([16]byte{key}, window)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func TestConnectionIDLivesOneToTwoWindows(t *testing.T) {
	const window = 5 * time.Minute
	i := mustIssuer(t, 1, window)
	addr := client4.Addr()
	start := time.Unix(0, int64(1000*window)) // the first instant of a window
	for _, age := range []time.Duration{0, time.Second, window / 2, window - 1} {
		issued := start.Add(age)
		id := i.issue(addr, issued)
		for _, c := range []struct {
			at   time.Time
			want bool
		}{
			{issued, true},
			{issued.Add(window), true},
			{start.Add(2*window - 1), true},
			{start.Add(2 * window), false},
			{issued.Add(2 * window), false},
			{start.Add(3 * window), false},
			{start.Add(-1), false}, // the clock was set back
		} {
			if got := i.valid(id, addr, c.at); got != c.want {
				t.Errorf("issued %v into the window, shown %v later: valid = %v", age, c.at.Sub(issued), got)
			}
		}
	}
}

func TestConnectionIDIsBoundToAddressAndKey(t *testing.T) {
	i := mustIssuer(t, 1, time.Minute)
	id := i.issue(client4.Addr(), noon)
	for _, other := range []string{"192.0.2.8", "192.0.3.7", "::192.0.2.7", "2001:db8::7"} {
		if i.valid(id, netip.MustParseAddr(other), noon) {
			t.Errorf("valid for %s too", other)
		}
	}
	if !i.valid(id, mapped4.Addr(), noon) {
		t.Error("not valid for the mapped form of the address")
	}
	if mustIssuer(t, 2, time.Minute).valid(id, client4.Addr(), noon) {
		t.Error("valid under another key")
	}
	if !mustIssuer(t, 1, time.Minute).valid(id, client4.Addr(), noon) {
		t.Error("not valid at a server that shares the key")
	}
	for bit := range 64 {
		if i.valid(id^1<<bit, client4.Addr(), noon) {
			t.Errorf("still valid with bit %d flipped", bit)
		}
	}
}

// Neighbouring addresses must not have related ids: on average, half of the 64
// bits differ.
func TestConnectionIDsLookRandom(t *testing.T) {
	i := mustIssuer(t, 1, time.Minute)
	const n = 1000
	addr, differ := netip.MustParseAddr("10.0.0.0"), 0
	for range n {
		next := addr.Next()
		differ += bits.OnesCount64(i.issue(addr, noon) ^ i.issue(next, noon))
		addr = next
	}
	if mean := float64(differ) / n; mean < 30 || mean > 33 {
		t.Errorf("%.1f bits differ", mean)
	}
}

package udptracker

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"math"
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
	return &i
}

func TestConnectionIDLivesOneToTwoWindows(t *testing.T) {
	const window = 5 * time.Minute
	i := mustIssuer(t, 1, window)
	addr := client4.Addr()
	start := time.Unix(0, int64(1000*window)) // the first instant of a window
	for _, age := range []time.Duration{0, time.Second, window / 2, window - 1} {
		issued := start.Add(age)
		id := i.issue(addr, i.windowOf(issued))
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
			if got := i.valid(id, addr, i.windowOf(c.at)); got != c.want {
				t.Errorf("issued %v into the window, shown %v later: valid = %v", age, c.at.Sub(issued), got)
			}
		}
	}
}

func TestConnectionIDIsBoundToAddressAndKey(t *testing.T) {
	i := mustIssuer(t, 1, time.Minute)
	window := i.windowOf(noon)
	id := i.issue(client4.Addr(), window)
	for _, other := range []string{"192.0.2.8", "192.0.3.7", "::192.0.2.7", "2001:db8::7"} {
		if i.valid(id, netip.MustParseAddr(other), window) {
			t.Errorf("valid for %s too", other)
		}
	}
	if !i.valid(id, mapped4.Addr(), window) {
		t.Error("not valid for the mapped form of the address")
	}
	if mustIssuer(t, 2, time.Minute).valid(id, client4.Addr(), window) {
		t.Error("valid under another key")
	}
	if !mustIssuer(t, 1, time.Minute).valid(id, client4.Addr(), window) {
		t.Error("not valid at a server that shares the key")
	}
	for bit := range 64 {
		if i.valid(id^1<<bit, client4.Addr(), window) {
			t.Errorf("still valid with bit %d flipped", bit)
		}
	}
}

// The checksum as a book would have it, with nothing kept from one to the next.
func TestConnectionIDIsACBCMACOfWindowAndAddress(t *testing.T) {
	key := [16]byte{7, 8, 9}
	i, err := newIssuer(key, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := aes.NewCipher(key[:])
	for _, window := range []uint64{5, 6, 5, 7, 6, 0, 1, 0, math.MaxUint64} {
		for _, addr := range []netip.Addr{client4.Addr(), client6.Addr()} {
			addr16 := addr.As16()
			text := append(binary.BigEndian.AppendUint64(make([]byte, 8), window), addr16[:]...)
			cipher.NewCBCEncrypter(block, make([]byte, 16)).CryptBlocks(text, text)
			want := binary.BigEndian.Uint64(text[16:])&^1 | window&1
			if got := i.issue(addr, window); got != want {
				t.Errorf("window %d, %v: %x, want %x", window, addr, got, want)
			}
		}
	}
}

// Neighbouring addresses must not have related ids: on average, half of the 64
// bits differ.
func TestConnectionIDsLookRandom(t *testing.T) {
	i := mustIssuer(t, 1, time.Minute)
	const n = 1000
	addr, window, differ := netip.MustParseAddr("10.0.0.0"), i.windowOf(noon), 0
	for range n {
		next := addr.Next()
		differ += bits.OnesCount64(i.issue(addr, window) ^ i.issue(next, window))
		addr = next
	}
	if mean := float64(differ) / n; mean < 30 || mean > 33 {
		t.Errorf("%.1f bits differ", mean)
	}
}

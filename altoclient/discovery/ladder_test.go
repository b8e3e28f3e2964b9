package discovery

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

func names(t testing.TB, prefix string) []string {
	t.Helper()
	rungs, err := Ladder(netip.MustParsePrefix(prefix))
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, r := range rungs {
		list = append(list, r.Name)
	}
	return list
}

// The examples of RFC 8686 section 3.3.
func TestLadderNamesTheExamplesOfTheRFC(t *testing.T) {
	zeros := strings.Repeat("0.", 16)
	for prefix, want := range map[string][]string{
		"198.51.100.3/32": {
			"3.100.51.198.in-addr.arpa.", "100.51.198.in-addr.arpa.", "51.198.in-addr.arpa.", "198.in-addr.arpa.",
		},
		"2001:db8::20/128": {
			"0.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0." + zeros[:16] + "8.b.d.0.1.0.0.2.ip6.arpa.",
			"0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.",
			"0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.",
			"0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.",
			"0.0.8.b.d.0.1.0.0.2.ip6.arpa.",
			"8.b.d.0.1.0.0.2.ip6.arpa.",
		},
	} {
		if got := names(t, prefix); !slices.Equal(got, want) {
			t.Errorf("%s:\n got %q\nwant %q", prefix, got, want)
		}
	}
}

func TestLadderBeginsAtTheNextShorterLength(t *testing.T) {
	for prefix, want := range map[string][]int{
		"198.51.100.0/32": {32, 24, 16, 8},
		"198.51.100.0/31": {24, 16, 8},
		"198.51.100.0/24": {24, 16, 8},
		"198.51.100.0/23": {16, 8},
		"198.51.0.0/16":   {16, 8},
		"198.51.0.0/15":   {8},
		"198.0.0.0/8":     {8},
		"2001:db8::/128":  {128, 64, 56, 48, 40, 32},
		"2001:db8::/127":  {64, 56, 48, 40, 32},
		"2001:db8::/64":   {64, 56, 48, 40, 32},
		"2001:db8::/63":   {56, 48, 40, 32},
		"2001:db8::/55":   {48, 40, 32},
		"2001:db8::/47":   {40, 32},
		"2001:db8::/39":   {32},
		"2001:db8::/32":   {32},
	} {
		p := netip.MustParsePrefix(prefix)
		rungs, err := Ladder(p)
		if err != nil {
			t.Errorf("%s: %v", prefix, err)
		}
		var got []int
		for _, r := range rungs {
			got = append(got, r.Prefix.Bits())
			if !r.Prefix.Contains(p.Addr()) {
				t.Errorf("%s: %v does not hold it", prefix, r.Prefix)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: lengths %v, want %v", prefix, got, want)
		}
	}
}

func TestLadderRefusesShortPrefixes(t *testing.T) {
	for _, prefix := range []string{"198.0.0.0/7", "0.0.0.0/0", "2001:db8::/31", "::/0"} {
		if _, err := Ladder(netip.MustParsePrefix(prefix)); !errors.Is(err, ErrTooShort) || !strings.Contains(err.Error(), prefix) {
			t.Errorf("%s: %v", prefix, err)
		}
	}
	for _, p := range []netip.Prefix{{}, netip.PrefixFrom(netip.MustParseAddr("::ffff:192.0.2.1"), 128)} {
		if _, err := Ladder(p); err == nil || errors.Is(err, ErrTooShort) {
			t.Errorf("%v: %v", p, err)
		}
	}
}

func FuzzLadder(f *testing.F) {
	f.Add([]byte{198, 51, 100, 3}, 32)
	f.Add([]byte{198, 51, 100, 3}, 7)
	f.Add(netip.MustParseAddr("2001:db8::20").AsSlice(), 128)
	f.Add(netip.MustParseAddr("::ffff:1.2.3.4").AsSlice(), 64)
	f.Fuzz(func(t *testing.T, raw []byte, bits int) {
		addr, _ := netip.AddrFromSlice(raw)
		rungs, err := Ladder(netip.PrefixFrom(addr, bits))
		if (err == nil) != (len(rungs) > 0) {
			t.Fatalf("%d rungs and error %v", len(rungs), err)
		}
		for i, r := range rungs {
			// The library's own reversal is the slow twin.
			full, err := dns.ReverseAddr(r.Prefix.Addr().String())
			if err != nil || !strings.HasSuffix(full, "."+r.Name) && full != r.Name {
				t.Errorf("%v is %s, want the end of %s (%v)", r.Prefix, r.Name, full, err)
			}
			labels, per := dns.CountLabel(r.Name)-2, 8
			if addr.Is6() {
				per = 4
			}
			if labels*per != r.Prefix.Bits() {
				t.Errorf("%v is %s", r.Prefix, r.Name)
			}
			if i > 0 && rungs[i-1].Prefix.Bits() <= r.Prefix.Bits() {
				t.Errorf("rungs %v", rungs)
			}
		}
	})
}

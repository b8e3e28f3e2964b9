package prefixmap

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
)

// table reads entries such as "10.0.0.0/8=1 10.1.0.0/16=2".
func table(t testing.TB, text string) []Entry {
	t.Helper()
	var entries []Entry
	for word := range strings.FieldsSeq(text) {
		var e Entry
		prefix, value, _ := strings.Cut(word, "=")
		e.Prefix = netip.MustParsePrefix(prefix)
		if _, err := fmt.Sscan(value, &e.Value); err != nil {
			t.Fatal(err)
		}
		entries = append(entries, e)
	}
	return entries
}

func text(entries []Entry) string {
	var words []string
	for _, e := range entries {
		words = append(words, fmt.Sprintf("%v=%d", e.Prefix, e.Value))
	}
	return strings.Join(words, " ")
}

func TestMinimise(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"nothing", "", ""},
		{"neighbours", "10.0.0.0/9=1 10.128.0.0/9=1", "10.0.0.0/8=1"},
		{"neighbours of neighbours", "10.0.0.0/10=1 10.64.0.0/10=1 10.128.0.0/9=1", "10.0.0.0/8=1"},
		{"beside, not halves of one", "10.128.0.0/9=1 11.0.0.0/9=1", "10.128.0.0/9=1 11.0.0.0/9=1"},
		{"redundant", "10.0.0.0/8=1 10.1.0.0/16=1", "10.0.0.0/8=1"},
		{"not redundant through an exception", "10.0.0.0/8=1 10.0.0.0/9=2 10.1.0.0/16=1", "10.0.0.0/8=1 10.0.0.0/9=2 10.1.0.0/16=1"},
		{"covered", "10.0.0.0/8=1 10.0.0.0/9=2 10.128.0.0/9=3", "10.0.0.0/9=2 10.128.0.0/9=3"},
		{"covered by the same", "10.0.0.0/8=1 10.0.0.0/9=2 10.128.0.0/9=2", "10.0.0.0/8=2"},
		{"covered, then redundant", "10.0.0.0/8=1 10.0.0.0/9=2 10.0.0.0/10=1 10.64.0.0/10=3", "10.0.0.0/8=1 10.64.0.0/10=3"},
		{"the default stays", "0.0.0.0/0=1 0.0.0.0/1=2 128.0.0.0/1=2", "0.0.0.0/0=1 0.0.0.0/1=2 128.0.0.0/1=2"},
		{"no default is made", "::/1=1 8000::/1=1", "::/1=1 8000::/1=1"},
		{"families are apart", "0.0.0.0/0=1 ::/0=1", "0.0.0.0/0=1 ::/0=1"},
		{"redundant in the default", "0.0.0.0/0=1 10.0.0.0/8=1", "0.0.0.0/0=1"},
		{"hosts", "2001:db8::/128=1 2001:db8::1/128=1", "2001:db8::/127=1"},
	} {
		in := table(t, c.in)
		before := slices.Clone(in)
		if got := text(Minimise(in)); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		if !slices.Equal(in, before) {
			t.Errorf("%s: the argument was changed", c.name)
		}
	}
}

// random returns a table inside 64 addresses, which lie at the beginning, the end
// or in the middle of a family, sometimes with a default.
func random(r *rand.Rand) (entries []Entry, addrs []netip.Addr) {
	base := []string{"0.0.0.0", "10.0.0.64", "255.255.255.192", "::", "2001:db8::40", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffc0"}[r.IntN(6)]
	addr := netip.MustParseAddr(base)
	for range 64 {
		addrs = append(addrs, addr)
		addr = addr.Next()
	}
	seen := map[netip.Prefix]bool{}
	add := func(p netip.Prefix) {
		if !seen[p] {
			seen[p] = true
			entries = append(entries, Entry{p, 1 + r.Uint32N(3)})
		}
	}
	size := addrs[0].BitLen()
	for range r.IntN(40) {
		p, _ := addrs[r.IntN(64)].Prefix(size - r.IntN(7))
		add(p)
	}
	if r.IntN(2) == 0 {
		p, _ := addrs[0].Prefix(0)
		add(p)
	}
	return entries, addrs
}

// lookup is the slow and obvious longest prefix match.
func lookup(entries []Entry, addr netip.Addr) uint32 {
	best := Entry{}
	for _, e := range entries {
		if e.Prefix.Contains(addr) && (best.Value == 0 || e.Prefix.Bits() > best.Prefix.Bits()) {
			best = e
		}
	}
	return best.Value
}

func TestAMinimisedTableSaysTheSame(t *testing.T) {
	for seed := range uint64(5000) {
		entries, addrs := random(rand.New(rand.NewPCG(seed, 1)))
		least := Minimise(entries)
		for _, a := range addrs {
			if got, want := lookup(least, a), lookup(entries, a); got != want {
				t.Fatalf("seed %d: %v is %d, want %d\nof %s\nin %s", seed, a, got, want, text(entries), text(least))
			}
		}
		if len(least) > len(entries) {
			t.Fatalf("seed %d: %d entries became %d", seed, len(entries), len(least))
		}
		if again := Minimise(least); !slices.Equal(again, least) {
			t.Fatalf("seed %d: %s could be %s", seed, text(least), text(again))
		}
	}
}

func TestRegionsAreWhatLookupsFind(t *testing.T) {
	for seed := range uint64(1000) {
		r := rand.New(rand.NewPCG(seed, 2))
		a, addrs := random(r)
		b, others := random(r)
		a, b = withoutDefault(a), withoutDefault(b)
		inside := map[[2]uint32]float64{}
		for _, addr := range slices.Concat(addrs, others) {
			inside[[2]uint32{lookup(a, addr), lookup(b, addr)}]++
		}
		if addrs[0] == others[0] {
			for k := range inside {
				inside[k] /= 2
			}
		}
		delete(inside, [2]uint32{})
		got := map[[2]uint32]float64{}
		for p := range Compare(a, b) {
			if p.Addresses <= 0 {
				t.Fatalf("seed %d: %+v has no address", seed, p)
			}
			got[[2]uint32{p.A, p.B}] += p.Addresses
		}
		for k, n := range inside {
			if got[k] != n {
				t.Fatalf("seed %d: %v has %v addresses, want %v\nof %s\nand %s", seed, k, got[k], n, text(a), text(b))
			}
		}
	}
}

// withoutDefault drops the entries of length 0: their regions are too large to be
// counted address by address.
func withoutDefault(entries []Entry) []Entry {
	return slices.DeleteFunc(entries, func(e Entry) bool { return e.Prefix.Bits() == 0 })
}

func TestRegionsOfWholeFamilies(t *testing.T) {
	for _, c := range []struct {
		in   string
		want map[string]float64
	}{
		{"0.0.0.0/0=1", map[string]float64{"0.0.0.0/0": math.Ldexp(1, 32)}},
		{"::/0=1", map[string]float64{"::/0": math.Ldexp(1, 128)}},
		{"::/0=1 ::/1=2 8000::/1=3", map[string]float64{"::/1": math.Ldexp(1, 127), "8000::/1": math.Ldexp(1, 127)}},
		{"::/0=1 ::/1=2", map[string]float64{"::/0": math.Ldexp(1, 127), "::/1": math.Ldexp(1, 127)}},
		{"0.0.0.0/0=1 10.0.0.0/8=2 10.0.0.0/9=3 10.128.0.0/9=4", map[string]float64{
			"0.0.0.0/0": math.Ldexp(255, 24), "10.0.0.0/9": math.Ldexp(1, 23), "10.128.0.0/9": math.Ldexp(1, 23)}},
		{"192.0.2.1/32=1", map[string]float64{"192.0.2.1/32": 1}},
	} {
		got := map[string]float64{}
		for r := range Regions(table(t, c.in)) {
			got[r.Prefix.String()] = r.Addresses
		}
		if fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%s: %v, want %v", c.in, got, c.want)
		}
	}
}

func TestRegionsStopWhenAsked(t *testing.T) {
	n := 0
	for range Regions(table(t, "10.0.0.0/8=1 11.0.0.0/8=2 12.0.0.0/8=1")) {
		n++
		break
	}
	if n != 1 {
		t.Errorf("%d regions", n)
	}
}

func BenchmarkMinimise(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	var entries []Entry
	seen := map[netip.Prefix]bool{}
	for len(entries) < 250_000 {
		p := netip.PrefixFrom(netip.AddrFrom4([4]byte{byte(r.Uint32()), byte(r.Uint32()), byte(r.Uint32()), 0}), 16+r.IntN(9)).Masked()
		if !seen[p] {
			seen[p] = true
			entries = append(entries, Entry{p, 1 + r.Uint32N(500)})
		}
	}
	for b.Loop() {
		Minimise(entries)
	}
}

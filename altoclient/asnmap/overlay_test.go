package asnmap

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"
)

func TestOverlapsGoToTheSpanThatStartsLater(t *testing.T) {
	n := func(v uint64) number { return number{lo: v} }
	top := ipv4.last().lo
	for name, c := range map[string]struct {
		spans []span
		want  []span
	}{
		"none":    {nil, []span{{n(0), n(top), 0}}},
		"all":     {[]span{{n(0), n(top), 7}}, []span{{n(0), n(top), 7}}},
		"the end": {[]span{{n(top), n(top), 7}}, []span{{n(0), n(top - 1), 0}, {n(top), n(top), 7}}},
		"neighbours merge": {[]span{{n(5), n(6), 7}, {n(3), n(4), 7}},
			[]span{{n(0), n(2), 0}, {n(3), n(6), 7}, {n(7), n(top), 0}}},
		"inside": {[]span{{n(2), n(9), 1}, {n(4), n(5), 2}},
			[]span{{n(0), n(1), 0}, {n(2), n(3), 1}, {n(4), n(5), 2}, {n(6), n(9), 1}, {n(10), n(top), 0}}},
		"across": {[]span{{n(2), n(5), 1}, {n(4), n(9), 2}},
			[]span{{n(0), n(1), 0}, {n(2), n(3), 1}, {n(4), n(9), 2}, {n(10), n(top), 0}}},
		"same start": {[]span{{n(2), n(3), 2}, {n(2), n(9), 1}},
			[]span{{n(0), n(1), 0}, {n(2), n(3), 2}, {n(4), n(9), 1}, {n(10), n(top), 0}}},
		"equal": {[]span{{n(0), n(9), 1}, {n(0), n(9), 2}}, []span{{n(0), n(9), 2}, {n(10), n(top), 0}}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := slices.Collect(flatten(ipv4, c.spans).spans()); !slices.Equal(got, c.want) {
				t.Errorf("got  %v\nwant %v", got, c.want)
			}
		})
	}
}

// twinValue finds the span that holds at n by looking at all.
func twinValue(spans []span, n number) uint32 {
	var holder span
	for _, s := range spans {
		if n.compare(s.first) < 0 || n.compare(s.last) > 0 {
			continue
		}
		later := s.first.compare(holder.first)
		if holder.value == 0 || later > 0 || later == 0 && s.last.compare(holder.last) <= 0 {
			holder = s
		}
	}
	return holder.value
}

func TestOverlayAgreesWithItsTwin(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 500 {
		var spans []span
		for range random.IntN(8) {
			first := random.Uint64N(30)
			spans = append(spans, span{number{lo: first}, number{lo: first + random.Uint64N(12)}, 1 + random.Uint32N(3)})
		}
		got := flatten(ipv6, slices.Clone(spans))
		got.seal()
		for i := range uint64(45) {
			if value, want := got.find(number{lo: i}), twinValue(spans, number{lo: i}); value != want {
				t.Fatalf("%v at %d is %d, want %d", spans, i, value, want)
			}
		}
	}
}

func TestPrefixesCoverARange(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for range 2000 {
		f := family(random.IntN(2))
		first := ones(f.bits()).right(random.IntN(f.bits())).minus(number{lo: random.Uint64N(2)})
		last := first
		if sum, fits := first.plus(ones(random.IntN(f.bits()))); fits && sum.compare(f.last()) <= 0 {
			last = sum
		}
		at, n := first, 0
		f.prefixes(first, last, func(p netip.Prefix) bool {
			_, start := numberOf(p.Addr())
			if start != at || p != p.Masked() {
				t.Fatalf("%v to %v: %v starts elsewhere than %v", first, last, p, at)
			}
			at = start.or(ones(f.bits() - p.Bits())).next()
			n++
			return true
		})
		if at != last.next() && f == ipv6 || f == ipv4 && at.prev() != last || n > 2*f.bits() {
			t.Fatalf("%v to %v: %d prefixes end before %v", first, last, n, at)
		}
	}
}

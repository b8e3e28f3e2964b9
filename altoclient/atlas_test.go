package altoclient

import (
	"iter"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strconv"
	"testing"
)

func trimFloat(f float32) string { return strconv.FormatFloat(float64(f), 'g', -1, 32) }

// selector.Map, which *Atlas must satisfy without importing it.
var _ interface {
	Epoch() uint64
	Version() uint64
	PID(addr netip.Addr) uint32
	Name(pid uint32) (source, name string)
	Row(home uint32, outward bool) (ends []uint32, costs []float32, internal []bool)
	Homes(home uint32) iter.Seq2[uint32, uint32]
	Ordinal(home uint32) bool
} = (*Atlas)(nil)

func prefixes(texts ...string) []netip.Prefix {
	var list []netip.Prefix
	for _, text := range texts {
		list = append(list, netip.MustParsePrefix(text))
	}
	return list
}

// placed returns how an atlas names an address.
func placed(a *Atlas, addr string) string {
	source, name := a.Name(a.PID(netip.MustParseAddr(addr)))
	return source + "/" + name
}

func TestZeroAtlasGuidesNobody(t *testing.T) {
	a := new(Atlas)
	if pid := a.PID(netip.MustParseAddr("127.0.0.1")); pid != 0 || a.PIDs() != 0 {
		t.Errorf("PID %d of %d", pid, a.PIDs())
	}
	if ends, _, _ := a.Row(0, false); ends != nil || a.Ordinal(0) || placed(a, "::1") != "/" {
		t.Error("PID 0 is guided")
	}
}

func TestAtlasOfOneSourceIsThatSource(t *testing.T) {
	s := newSnapshot(t, lab4, lab4Costs, SnapshotConfig{})
	a := NewAtlas(nil, []Member{{Name: "lab", View: s, Numbering: 1}}, nil)
	if a.join != nil {
		t.Error("the prefix table is copied")
	}
	for addr, want := range map[string]string{"127.1.0.9": "lab/pid-1", "8.8.8.8": "/world", "::1": "/world"} {
		if got := placed(a, addr); got != want {
			t.Errorf("%s is %s, want %s", addr, got, want)
		}
	}
	if got, want := rowString(a.Row(1, true)), rowString(s.Row(1, true)); got != want || got == "" {
		t.Errorf("row %s, want %s", got, want)
	}
	for _, home := range []uint32{0, 4, 5, 99} { // none, the default PID, out of range
		if ends, _, _ := a.Row(home, false); ends != nil {
			t.Errorf("PID %d is guided", home)
		}
	}
}

func TestHomesAreAllPiecesOfAPID(t *testing.T) {
	s := newSnapshot(t, lab4, lab4Costs, SnapshotConfig{})
	a := NewAtlas(nil, []Member{{Name: "lab", View: s, Requesters: prefixes("127.1.128.0/17", "127.1.32.0/24", "127.2.0.0/16")}}, nil)
	pieces := make(map[uint32]bool)
	for lo, hi := range a.Homes(a.PID(netip.MustParseAddr("127.1.128.1"))) {
		for pid := lo; pid < hi; pid++ {
			pieces[pid] = true
		}
	}
	for addr, want := range map[string]bool{"127.1.128.1": true, "127.1.32.1": true, "127.1.0.1": true, "127.2.0.1": false, "8.8.8.8": false} {
		if got := pieces[a.PID(netip.MustParseAddr(addr))]; got != want {
			t.Errorf("%s is at home: %v, want %v", addr, got, want)
		}
	}
}

func TestAtlasSplitsPIDsByRequesters(t *testing.T) {
	s := newSnapshot(t, lab4, lab4Costs, SnapshotConfig{})
	a := NewAtlas(nil, []Member{{Name: "lab", View: s, Requesters: prefixes("127.1.128.0/17", "9.9.9.0/24")}}, nil)
	for addr, want := range map[string]string{
		"127.1.0.1":   "/pid-1",    // the other half of the PID
		"127.1.128.1": "lab/pid-1", // claimed
		"127.2.0.1":   "/pid-2",
		"9.9.9.9":     "lab/world", // claimed although in the default PID
		"8.8.8.8":     "/world",
	} {
		if got := placed(a, addr); got != want {
			t.Errorf("%s is %s, want %s", addr, got, want)
		}
	}
	home := a.PID(netip.MustParseAddr("127.1.128.1"))
	row := make(map[string]string)
	for _, addr := range []string{"127.1.0.1", "127.1.128.1", "127.2.0.1", "8.8.8.8", "9.9.9.9"} {
		row[addr] = cellOf(a, home, a.PID(netip.MustParseAddr(addr)))
	}
	want := map[string]string{"127.1.0.1": "1*", "127.1.128.1": "1*", "127.2.0.1": "7*", "8.8.8.8": "-", "9.9.9.9": "-"}
	for addr := range want {
		if row[addr] != want[addr] {
			t.Errorf("cost from %s is %s, want %s", addr, row[addr], want[addr])
		}
	}
	if ends, _, _ := a.Row(a.PID(netip.MustParseAddr("127.1.0.1")), false); ends != nil {
		t.Error("an address outside the requesters is guided")
	}
}

// cellOf returns what the row of home says about pid.
func cellOf(a *Atlas, home, pid uint32) string {
	ends, costs, internal := a.Row(home, false)
	i, exact := slices.BinarySearch(ends, pid)
	if exact {
		i++
	}
	if i >= len(ends) {
		return "none"
	}
	text := "-"
	if costs[i] == costs[i] {
		text = trimFloat(costs[i])
	}
	if internal != nil && internal[i] {
		text += "*"
	}
	return text
}

const (
	ispA = `{"a-east":{"ipv4":["10.1.0.0/16"]},"a-west":{"ipv4":["10.2.0.0/16"]},"a-world":{"ipv4":["0.0.0.0/0"]}}`
	ispB = `{"b-home":{"ipv4":["10.2.128.0/17","20.0.0.0/8"],"ipv6":["2001:db8::/32"]},"b-a":{"ipv4":["10.0.0.0/8"]},"b-world":{"ipv4":["0.0.0.0/0"],"ipv6":["::/0"]}}`
)

func TestAtlasJoinsSources(t *testing.T) {
	a := newSnapshot(t, ispA, `{"a-east":{"a-east":1,"a-west":2},"a-west":{"a-east":3,"a-west":1},"a-world":{"a-east":50}}`, SnapshotConfig{})
	b := newSnapshot(t, ispB, `{"b-home":{"b-home":100,"b-a":300},"b-a":{"b-home":200}}`, SnapshotConfig{Internal: []string{"b-home"}})
	atlas := NewAtlas(nil, []Member{{Name: "A", View: a}, {Name: "B", View: b, Requesters: prefixes("10.2.128.0/17", "20.0.0.0/8", "2001:db8::/32")}}, nil)
	for addr, want := range map[string]string{
		"10.1.0.1":    "A/a-east",
		"10.2.0.1":    "A/a-west",
		"10.2.128.1":  "B/b-home", // both place it: the one that claims it is responsible
		"20.0.0.1":    "B/b-home",
		"2001:db8::1": "B/b-home",
		"30.0.0.1":    "/a-world",
		"2001:db9::1": "/b-world",
	} {
		if got := placed(atlas, addr); got != want {
			t.Errorf("%s is %s, want %s", addr, got, want)
		}
	}
	pid := func(addr string) uint32 { return atlas.PID(netip.MustParseAddr(addr)) }
	for _, tt := range []struct{ home, other, want string }{
		{"10.1.0.1", "10.2.0.1", "3*"},
		{"10.1.0.1", "10.2.128.1", "3*"}, // to A it is a-west, whoever guides it
		{"10.1.0.1", "20.0.0.1", "50"},
		{"10.1.0.1", "2001:db8::1", "-"}, // A knows no IPv6
		{"20.0.0.1", "10.2.128.1", "100*"},
		{"20.0.0.1", "2001:db8::1", "100*"},
		{"20.0.0.1", "10.2.0.1", "200"},
		{"20.0.0.1", "10.1.0.1", "200"},
		{"20.0.0.1", "30.0.0.1", "-"},
	} {
		if got := cellOf(atlas, pid(tt.home), pid(tt.other)); got != tt.want {
			t.Errorf("to %s from %s: %s, want %s", tt.home, tt.other, got, tt.want)
		}
	}
}

func TestAtlasPrefersTheFirstSource(t *testing.T) {
	one := newSnapshot(t, `{"in":{"ipv4":["10.0.0.0/8"]},"out":{"ipv4":["0.0.0.0/0"]}}`, "", SnapshotConfig{})
	two := newSnapshot(t, `{"IN":{"ipv4":["10.0.0.0/9","11.0.0.0/8"]}}`, "", SnapshotConfig{})
	atlas := NewAtlas(nil, []Member{{Name: "1", View: one}, {Name: "gone"}, {Name: "2", View: two}}, nil)
	for addr, want := range map[string]string{
		"10.0.0.1":   "1/in",
		"10.200.0.1": "1/in",
		"11.0.0.1":   "2/IN", // only a default PID to the first
		"12.0.0.1":   "/out",
	} {
		if got := placed(atlas, addr); got != want {
			t.Errorf("%s is %s, want %s", addr, got, want)
		}
	}
	// A claim to what the claimant's own map does not hold is void.
	atlas = NewAtlas(nil, []Member{{Name: "2", View: two, Requesters: prefixes("12.0.0.0/8")}, {Name: "1", View: one}}, nil)
	if got := placed(atlas, "12.0.0.1"); got != "/out" {
		t.Errorf("12.0.0.1 is %s, want /out", got)
	}
}

func TestAtlasEpochFollowsTheNumbering(t *testing.T) {
	view := func(pids, costs string) View { return newSnapshot(t, pids, costs, SnapshotConfig{}) }
	one := Member{Name: "1", View: view(ispA, ""), Numbering: 1}
	two := Member{Name: "2", View: view(ispB, ""), Numbering: 1}
	a := NewAtlas(nil, []Member{one, two}, nil)
	if a.Epoch() == 0 || a.Version() == 0 {
		t.Errorf("epoch %d, version %d: those of the zero Atlas", a.Epoch(), a.Version())
	}
	one.View = view(ispA, `{"a-east":{"a-east":1}}`)
	b := NewAtlas(a, []Member{one, two}, nil)
	if b.Epoch() != a.Epoch() || b.Version() == a.Version() || b.join != a.join {
		t.Error("other costs: want the same epoch and table, and another version")
	}
	if got := cellOf(b, b.PID(netip.MustParseAddr("10.1.0.1")), b.PID(netip.MustParseAddr("10.1.0.1"))); got != "1*" {
		t.Errorf("cost is %s, want the new one", got)
	}
	for name, members := range map[string][]Member{
		"a new numbering":  {one, {Name: "2", View: two.View, Numbering: 2}},
		"other requesters": {one, {Name: "2", View: two.View, Numbering: 1, Requesters: prefixes("20.0.0.0/8")}},
		"a source less":    {one, {Name: "2", Numbering: 1}},
		"another order":    {two, one},
		"nothing left":     {},
	} {
		if c := NewAtlas(b, members, nil); c.Epoch() == b.Epoch() {
			t.Errorf("%s: the epoch stays", name)
		}
	}
}

// TestAtlasAgreesWithItsSources compares a join with asking each source.
func TestAtlasAgreesWithItsSources(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	randomPrefix := func() netip.Prefix {
		addr := netip.AddrFrom4([4]byte{10, byte(random.IntN(4)) * 64, byte(random.IntN(256)), 0})
		return netip.PrefixFrom(addr, 8*random.IntN(4)+random.IntN(8)).Masked()
	}
	for range 50 {
		var members []Member
		for i := range 1 + random.IntN(3) {
			var b NetworkMapBuilder
			for pid := range 1 + random.IntN(4) {
				number, err := b.PID("p" + strconv.Itoa(pid))
				if err != nil {
					t.Fatal(err)
				}
				for range random.IntN(6) {
					_ = b.Add(number, randomPrefix()) // another PID may hold it
				}
			}
			s, err := NewSnapshot(b.Build(VersionTag{"m", "1"}), nil, SnapshotConfig{})
			if err != nil {
				t.Fatal(err)
			}
			m := Member{Name: strconv.Itoa(i), View: s}
			for range random.IntN(3) {
				m.Requesters = append(m.Requesters, randomPrefix())
			}
			members = append(members, m)
		}
		a := NewAtlas(nil, members, nil)
		for range 300 {
			addr := netip.AddrFrom4([4]byte{byte(8 + random.IntN(4)), byte(random.IntN(256)), byte(random.IntN(256)), 1})
			source, name := askAll(members, addr)
			gotSource, gotName := a.Name(a.PID(addr))
			if gotSource != source || gotName != name {
				t.Fatalf("%v is %s/%s, want %s/%s of %+v", addr, gotSource, gotName, source, name, members)
			}
		}
	}
}

// askAll is the slow twin of a join.
func askAll(members []Member, addr netip.Addr) (source, name string) {
	for _, m := range members {
		claimed := slices.ContainsFunc(m.Requesters, func(p netip.Prefix) bool { return p.Contains(addr) })
		if claimed {
			if pid := m.View.PID(addr); pid != 0 {
				return m.Name, m.View.Name(pid)
			}
			break // the claim is void
		}
	}
	for _, m := range members {
		if pid := m.View.PID(addr); len(m.Requesters) == 0 && pid != 0 && !m.View.Default(pid) {
			return m.Name, m.View.Name(pid)
		}
	}
	for _, m := range members {
		if pid := m.View.PID(addr); pid != 0 {
			return "", m.View.Name(pid)
		}
	}
	return "", ""
}

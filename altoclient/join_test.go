package altoclient

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strconv"
	"testing"
)

// world makes random sources over few addresses, so that they meet.
type world struct {
	*rand.Rand
	tb        testing.TB
	numbering uint64
}

func (w *world) prefix() netip.Prefix {
	if w.IntN(4) == 0 {
		addr := netip.AddrFrom16([16]byte{0x20, 1, byte(w.IntN(4)) * 64, byte(w.IntN(256)), byte(w.IntN(256))})
		return netip.PrefixFrom(addr, []int{0, 16, 18, 24, 25, 32, 40}[w.IntN(7)]).Masked()
	}
	addr := netip.AddrFrom4([4]byte{10, byte(w.IntN(4)) * 64, byte(w.IntN(256)), 0})
	return netip.PrefixFrom(addr, []int{0, 8, 9, 10, 12, 16, 20, 24, 32}[w.IntN(9)]).Masked()
}

func (w *world) addr() netip.Addr {
	if w.IntN(4) == 0 {
		return netip.AddrFrom16([16]byte{0x20, byte(w.IntN(2)), byte(w.IntN(4)) * 64, byte(w.IntN(256)), byte(w.IntN(256)), 15: byte(w.IntN(2))})
	}
	return netip.AddrFrom4([4]byte{byte(9 + w.IntN(3)), byte(w.IntN(4)) * 64, byte(w.IntN(256)), byte(w.IntN(2))})
}

func (w *world) requesters() (list []netip.Prefix) {
	for range w.IntN(3) * w.IntN(2) {
		list = append(list, w.prefix())
	}
	return list
}

// view makes a map, old with a few changes if there is an old one.
func (w *world) view(old View) View {
	var b NetworkMapBuilder
	for pid := range 1 + w.IntN(5) {
		if _, err := b.PID("p" + strconv.Itoa(pid)); err != nil {
			w.tb.Fatal(err)
		}
	}
	add := func(prefix netip.Prefix) { _ = b.Add(1+uint32(w.IntN(len(b.names)-1)), prefix) } // another PID may hold it
	if old != nil {
		for prefix, pid := range old.Prefixes() {
			switch {
			case w.IntN(10) == 0: // gone
			case int(pid) < len(b.names):
				_ = b.Add(pid, prefix)
			default:
				add(prefix)
			}
		}
	}
	for range w.IntN(5) {
		add(w.prefix())
	}
	network := b.Build(VersionTag{"m", "1"})
	s, err := NewSnapshot(network, w.costs(network), SnapshotConfig{})
	if err != nil {
		w.tb.Fatal(err)
	}
	return s
}

func (w *world) costs(network *NetworkMap) *CostMap {
	costs := NewCostMap(network, CostType{RoutingCost, Numerical})
	for src := 1; src <= network.PIDs(); src++ {
		for dst := 1; dst <= network.PIDs(); dst++ {
			if w.IntN(4) > 0 {
				if err := costs.Set(uint32(src), uint32(dst), float32(w.IntN(3))); err != nil {
					w.tb.Fatal(err)
				}
			}
		}
	}
	return costs
}

func (w *world) member(i int) Member {
	w.numbering++
	return Member{Name: strconv.Itoa(i), View: w.view(nil), Requesters: w.requesters(), Numbering: w.numbering}
}

// step changes one thing about the members.
func (w *world) step(members []Member, next *int) []Member {
	members = slices.Clone(members)
	if len(members) == 0 || w.IntN(4) == 0 {
		*next++
		return slices.Insert(members, w.IntN(len(members)+1), w.member(*next))
	}
	i := w.IntN(len(members))
	switch w.IntN(6) {
	case 0:
		return slices.Delete(members, i, i+1)
	case 1:
		w.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
	case 2:
		members[i].Requesters = w.requesters()
	case 3: // costs only
		s, err := NewSnapshot(members[i].View.(*Snapshot).network, w.costs(members[i].View.(*Snapshot).network), SnapshotConfig{})
		if err != nil {
			w.tb.Fatal(err)
		}
		members[i].View = s
	default:
		w.numbering++
		members[i].View, members[i].Numbering = w.view(members[i].View), w.numbering
	}
	return members
}

// TestAtlasAgreesWithItsSourcesAfterAnyChanges compares what many changes lead to
// with asking each source.
func TestAtlasAgreesWithItsSourcesAfterAnyChanges(t *testing.T) {
	for seed := range uint64(20) {
		w := &world{Rand: rand.New(rand.NewPCG(seed, 1)), tb: t}
		rows, err := NewRowCache(1 << 20)
		if err != nil {
			t.Fatal(err)
		}
		var members []Member
		var atlas *Atlas
		next := 0
		for step := range 60 {
			members = w.step(members, &next)
			atlas = NewAtlas(atlas, members, rows)
			if t.Failed() {
				break
			}
			checkAtlas(t, w, atlas, members, fmt.Sprintf("seed %d, step %d", seed, step))
		}
		rows.Close()
	}
}

func checkAtlas(t *testing.T, w *world, atlas *Atlas, members []Member, where string) {
	t.Helper()
	var addrs []netip.Addr
	for range 60 {
		addrs = append(addrs, w.addr())
	}
	for _, m := range members { // the edges, too
		for prefix := range m.View.Prefixes() {
			addrs = append(addrs, prefix.Addr(), prefix.Addr().Prev())
		}
	}
	addrs = slices.DeleteFunc(addrs, func(a netip.Addr) bool { return !a.IsValid() })
	for _, addr := range addrs {
		source, name := askAll(members, addr)
		if gotSource, gotName := atlas.Name(atlas.PID(addr)); gotSource != source || gotName != name {
			t.Fatalf("%s: %v is %s/%s, want %s/%s", where, addr, gotSource, gotName, source, name)
		}
	}
	for range 60 {
		home, other, outward := addrs[w.IntN(len(addrs))], addrs[w.IntN(len(addrs))], w.IntN(2) == 0
		got := rowAt(atlas, atlas.PID(home), atlas.PID(other), outward)
		want := "none"
		if guide, _ := askAll(members, home); guide != "" {
			view := members[slices.IndexFunc(members, func(m Member) bool { return m.Name == guide })].View
			want = rowAt(view, view.PID(home), view.PID(other), outward)
		}
		if got != want {
			t.Fatalf("%s: from %v to %v, outward %t: %s, want %s", where, home, other, outward, got, want)
		}
	}
	checkJoin(t, atlas, members, where)
}

// checkJoin compares the bookkeeping of a join with that of one made anew.
func checkJoin(t *testing.T, atlas *Atlas, members []Member, where string) {
	t.Helper()
	if atlas.join == nil {
		return
	}
	anew := NewAtlas(nil, members, nil)
	if got, want := atlas.join.table.Size(), anew.join.table.Size(); got != want {
		t.Fatalf("%s: the table has %d prefixes, made anew it has %d", where, got, want)
	}
	used := make([]int, len(atlas.joiner.used))
	for _, number := range atlas.join.table.All() {
		used[number]++
	}
	if !slices.Equal(used, atlas.joiner.used) {
		t.Fatalf("%s: numbers are used %v, counted %v", where, used, atlas.joiner.used)
	}
	for _, m := range members {
		if got, want := atlas.Guides(m.Name), anew.Guides(m.Name); got != want {
			t.Fatalf("%s: %s guides: %t, made anew %t", where, m.Name, got, want)
		}
	}
}

func rowAt(m interface {
	Row(uint32, bool) ([]uint32, []float32, []bool)
}, home, pid uint32, outward bool) string {
	ends, costs, internal := m.Row(home, outward)
	if ends == nil {
		return "none"
	}
	if pid == 0 {
		return "NaN false" // a row says nothing about addresses without a PID
	}
	i, exact := slices.BinarySearch(ends, pid)
	if exact {
		i++
	}
	return fmt.Sprint(costs[i], internal[i])
}

func TestJoinTouchesOnlyWhatChanged(t *testing.T) {
	one := newSnapshot(t, ispA, "", SnapshotConfig{})
	two := newSnapshot(t, ispB, "", SnapshotConfig{})
	members := []Member{{Name: "A", View: one}, {Name: "B", View: two}}
	first := NewAtlas(nil, members, nil)
	east := first.PID(netip.MustParseAddr("10.1.0.1"))
	members[1] = Member{Name: "B", Numbering: 1, View: newSnapshot(t,
		`{"b-home":{"ipv4":["10.2.128.0/17","20.0.0.0/8","21.0.0.0/8"],"ipv6":["2001:db8::/32"]},"b-a":{"ipv4":["10.0.0.0/8"]},"b-world":{"ipv4":["0.0.0.0/0"],"ipv6":["::/0"]}}`,
		"", SnapshotConfig{})}
	second := NewAtlas(first, members, nil)
	if got := second.PID(netip.MustParseAddr("10.1.0.1")); got != east {
		t.Errorf("an untouched prefix has number %d, had %d", got, east)
	}
	if placed(second, "21.0.0.1") != "B/b-home" || placed(first, "21.0.0.1") != "/a-world" {
		t.Error("the new prefix: want it in the new map and not in the old one")
	}
	// To go on from an Atlas that is not the latest is right, too.
	fork := NewAtlas(first, members[:1], nil)
	if placed(fork, "20.0.0.1") != "/a-world" || placed(second, "20.0.0.1") != "B/b-home" {
		t.Error("a second successor of one Atlas is wrong, or the first one is now")
	}
}

// TestJoinNumbersOnlyWhatIsThere: a part of a combination is none. Policies ask whether an
// ISP has other PIDs than the home PID.
func TestJoinNumbersOnlyWhatIsThere(t *testing.T) {
	var b NetworkMapBuilder
	const pids, sources = 6, 4
	for i := range pids {
		pid, err := b.PID("p" + strconv.Itoa(i))
		if err == nil {
			err = b.Add(pid, netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(i)}), 16))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	s, err := NewSnapshot(b.Build(VersionTag{"m", "1"}), nil, SnapshotConfig{})
	if err != nil {
		t.Fatal(err)
	}
	var members []Member
	for i := range sources {
		members = append(members, Member{
			Name: strconv.Itoa(i), View: s, Numbering: uint64(i + 1),
			Requesters: []netip.Prefix{netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(i)}), 16)},
		})
	}
	if n := NewAtlas(nil, members, nil).PIDs(); n != pids+2 { // all other addresses, of IPv4 and of IPv6
		t.Errorf("%d PIDs, want %d", n, pids+2)
	}
}

func TestJoinForgetsNumbersThatNothingHas(t *testing.T) {
	w := &world{Rand: rand.New(rand.NewPCG(1, 1)), tb: t}
	fixed := newSnapshot(t, ispA, "", SnapshotConfig{})
	var atlas *Atlas
	for i := range 300 {
		var b NetworkMapBuilder
		for pid := range 100 { // other PIDs each time
			number, err := b.PID(fmt.Sprintf("p%d-%d", i, pid))
			if err != nil {
				t.Fatal(err)
			}
			addr := netip.AddrFrom4([4]byte{20, byte(w.IntN(256)), byte(w.IntN(256)), 0})
			_ = b.Add(number, netip.PrefixFrom(addr, 24)) // may be taken
		}
		s, err := NewSnapshot(b.Build(VersionTag{"m", "1"}), nil, SnapshotConfig{})
		if err != nil {
			t.Fatal(err)
		}
		atlas = NewAtlas(atlas, []Member{{Name: "A", View: fixed}, {Name: strconv.Itoa(i), View: s}}, nil)
	}
	if got := atlas.PIDs(); got > 2*200+deadNumbers {
		t.Errorf("%d PIDs after 300 changes of a map of 100", got)
	}
}

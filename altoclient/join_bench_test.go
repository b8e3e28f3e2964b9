package altoclient_test

import (
	"fmt"
	"net/netip"
	"runtime"
	"testing"

	"github.com/altracker/altracker/altoclient"
	"github.com/altracker/altracker/altoclient/asnmap"
)

// ispView is the map of the i-th of n providers: 2,000 prefixes in 50 PIDs, of
// which 1,500 are its own, 500 parts of others' networks, and the rest of the
// world. Another edition moves 1 prefix in 100 to another PID.
func ispView(tb testing.TB, i, n, edition int) altoclient.View {
	tb.Helper()
	var b altoclient.NetworkMapBuilder
	add := func(name string, prefix netip.Prefix) {
		pid, err := b.PID(name)
		if err == nil {
			err = b.Add(pid, prefix)
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	add("world", netip.MustParsePrefix("0.0.0.0/0"))
	add("world", netip.MustParsePrefix("::/0"))
	for k := range 1500 {
		pid := k % 30
		if k%100 == 7 {
			pid = (pid + edition) % 30
		}
		add(fmt.Sprintf("own-%d", pid), netip.PrefixFrom(ispAddr(i, k), 24))
	}
	for k := range 500 {
		other := (i + 1 + k%50) % max(n, 51)
		add(fmt.Sprintf("peer-%d", k%20), netip.PrefixFrom(ispAddr(other, k/50*64), 18).Masked())
	}
	s, err := altoclient.NewSnapshot(b.Build(altoclient.VersionTag{ResourceID: "net", Tag: fmt.Sprint(edition)}), nil, altoclient.SnapshotConfig{})
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// ispAddr is the k-th /24 of the i-th provider.
func ispAddr(i, k int) netip.Addr {
	n := 20<<24 | uint32(i)<<19 | uint32(k)<<8
	return netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), 0})
}

func ispMembers(tb testing.TB, n int) []altoclient.Member {
	var members []altoclient.Member
	for i := range n {
		members = append(members, altoclient.Member{Name: fmt.Sprint(i), View: ispView(tb, i, n, 0)})
	}
	return members
}

// largeView has 250,000 prefixes in 1,700 PIDs.
func largeView(tb testing.TB) altoclient.View {
	tb.Helper()
	var b altoclient.NetworkMapBuilder
	for i := range 250_000 {
		pid, err := b.PID(fmt.Sprintf("pid-%d", i*7919%1700))
		if err != nil {
			tb.Fatal(err)
		}
		n := uint32(i)*128 + 19<<24
		addr := netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
		if err := b.Add(pid, netip.PrefixFrom(addr, 25)); err != nil {
			tb.Fatal(err)
		}
	}
	s, err := altoclient.NewSnapshot(b.Build(altoclient.VersionTag{ResourceID: "net", Tag: "1"}), nil, altoclient.SnapshotConfig{})
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func BenchmarkJoin(b *testing.B) {
	for _, n := range []int{1, 10, 100} {
		b.Run(fmt.Sprintf("sources=%d", n), func(b *testing.B) { benchmarkJoin(b, ispMembers(b, n), 0) })
		b.Run(fmt.Sprintf("sources=%d+large", n), func(b *testing.B) {
			benchmarkJoin(b, append(ispMembers(b, n), altoclient.Member{Name: "large", View: largeView(b)}), 0)
		})
	}
	b.Run("sources=1+embedded", func(b *testing.B) {
		embedded, err := asnmap.Embedded()
		if err != nil {
			b.Fatal(err)
		}
		benchmarkJoin(b, append(ispMembers(b, 1), altoclient.Member{Name: "embedded", View: embedded}), 0)
	})
}

// benchmarkJoin lets the map or the costs of one of the members change.
func benchmarkJoin(b *testing.B, members []altoclient.Member, which int) {
	editions := []altoclient.View{members[which].View, ispView(b, which, len(members), 1)}
	b.Run("anew", func(b *testing.B) {
		before := heap()
		atlas := altoclient.NewAtlas(nil, members, nil)
		held := heap() - before
		for b.Loop() {
			atlas = altoclient.NewAtlas(nil, members, nil)
		}
		b.ReportMetric(float64(held)/(1<<20), "MiB-held")
		b.ReportMetric(float64(atlas.PIDs()), "PIDs")
	})
	atlas := altoclient.NewAtlas(nil, members, nil)
	b.Run("map of one", func(b *testing.B) {
		b.ReportAllocs()
		for i := uint64(1); b.Loop(); i++ {
			members[which].View, members[which].Numbering = editions[i%2], members[which].Numbering+1
			atlas = altoclient.NewAtlas(atlas, members, nil)
		}
	})
	b.Run("one less, one more", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			atlas = altoclient.NewAtlas(atlas, append(members[:which:which], members[which+1:]...), nil)
			atlas = altoclient.NewAtlas(atlas, members, nil)
		}
	})
	b.Run("costs of one", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			atlas = altoclient.NewAtlas(atlas, members, nil)
		}
	})
	b.Run("row", func(b *testing.B) {
		b.ReportAllocs()
		for i := uint32(0); b.Loop(); i++ {
			atlas.Row(i*7919%uint32(atlas.PIDs())+1, false)
		}
	})
	b.Run("PID", func(b *testing.B) {
		b.ReportAllocs()
		for i := uint32(0); b.Loop(); i++ {
			n := i*2654435761>>6 + 20<<24
			atlas.PID(netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}))
		}
	})
	runtime.KeepAlive(members)
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

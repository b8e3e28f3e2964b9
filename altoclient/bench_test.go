package altoclient

import (
	"bytes"
	"fmt"
	"net/netip"
	"testing"
)

// Sizes of a large provider: 1,700 PIDs, 250,000 prefixes.
const (
	manyPIDs     = 1700
	manyPrefixes = 250_000
)

func bigNetworkMap(tb testing.TB) *NetworkMap {
	tb.Helper()
	var b NetworkMapBuilder
	for i := range manyPIDs {
		if _, err := b.PID(fmt.Sprintf("pid-%d", i)); err != nil {
			tb.Fatal(err)
		}
	}
	for i := range manyPrefixes {
		// 20 bits in steps that scatter a PID's prefixes, under 1.0.0.0 to 127.255.255.0.
		n := uint32(i)*64 + 1<<24
		addr := netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
		if err := b.Add(uint32(i*7919%manyPIDs)+1, netip.PrefixFrom(addr, 26)); err != nil {
			tb.Fatal(err)
		}
	}
	return b.Build(VersionTag{"net", "1"})
}

func bigCostMap(tb testing.TB, network *NetworkMap) *CostMap {
	tb.Helper()
	m := NewCostMap(network, CostType{RoutingCost, Numerical})
	for src := 1; src <= manyPIDs; src++ {
		for dst := 1; dst <= manyPIDs; dst++ {
			cost := float32((src*31+dst*17)%40) / 4
			if err := m.Set(uint32(src), uint32(dst), cost); err != nil {
				tb.Fatal(err)
			}
		}
	}
	return m
}

func BenchmarkParseNetworkMap(b *testing.B) {
	doc := bigNetworkMap(b).AppendJSON(nil)
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseNetworkMap(bytes.NewReader(doc), Limits{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseCostMap(b *testing.B) {
	network := bigNetworkMap(b)
	doc := bigCostMap(b, network).AppendJSON(nil)
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseCostMap(bytes.NewReader(doc), network, Limits{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSnapshotPID(b *testing.B) {
	s, err := NewSnapshot(bigNetworkMap(b), nil, SnapshotConfig{})
	if err != nil {
		b.Fatal(err)
	}
	n := uint32(1)
	for b.Loop() {
		n = n*1664525 + 1013904223
		s.PID(netip.AddrFrom4([4]byte{1 + byte(n>>24)%16, byte(n >> 16), byte(n >> 8), byte(n)}))
	}
}

func BenchmarkSnapshotRow(b *testing.B) {
	network := bigNetworkMap(b)
	costs := bigCostMap(b, network)
	for name, size := range map[string]int64{"computed": -1, "cached": 0} {
		for _, outward := range []bool{false, true} {
			b.Run(fmt.Sprintf("%s/outward=%t", name, outward), func(b *testing.B) {
				var rows *RowCache
				if size == 0 {
					var err error
					if rows, err = NewRowCache(size); err != nil {
						b.Fatal(err)
					}
					defer rows.Close()
				}
				s, err := NewSnapshot(network, costs, SnapshotConfig{Rows: rows})
				if err != nil {
					b.Fatal(err)
				}
				b.ReportAllocs()
				for i := uint32(0); b.Loop(); i++ {
					s.Row(i%64+1, outward)
				}
			})
		}
	}
}

func BenchmarkNewAtlas(b *testing.B) {
	one, err := NewSnapshot(bigNetworkMap(b), nil, SnapshotConfig{})
	if err != nil {
		b.Fatal(err)
	}
	two := newSnapshot(b, lab4, lab4Costs, SnapshotConfig{})
	members := []Member{{Name: "lab", View: two}, {Name: "isp", View: one}}
	b.Run("numbering", func(b *testing.B) {
		for b.Loop() {
			NewAtlas(nil, members, nil)
		}
	})
	b.Run("costs only", func(b *testing.B) {
		atlas := NewAtlas(nil, members, nil)
		for b.Loop() {
			NewAtlas(atlas, members, nil)
		}
	})
}

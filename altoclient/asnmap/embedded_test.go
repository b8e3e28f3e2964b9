package asnmap

import (
	"bytes"
	"encoding/csv"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// TestTheEmbeddedMapSaysWhatItsTableSays compares with the raw rows: those in
// testdata, or, with ASNMAP_TABLES=DIR, with all that the map was made of.
func TestTheEmbeddedMapSaysWhatItsTableSays(t *testing.T) {
	m, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	files := []string{filepath.Join("testdata", "asn-ipv4.csv"), filepath.Join("testdata", "asn-ipv6.csv")}
	if dir := os.Getenv("ASNMAP_TABLES"); dir != "" {
		files = []string{filepath.Join(dir, "asn-ipv4.csv.gz"), filepath.Join(dir, "asn-ipv6.csv.gz")}
	}
	for _, file := range files {
		compareWithRows(t, m, file)
	}
}

// compareWithRows looks up the edges of every row, an address inside it, and
// the gap before it.
func compareWithRows(t *testing.T, m *Map, file string) {
	t.Helper()
	data, err := readFile(file)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(7, 8))
	var end netip.Addr
	for _, row := range rows {
		f, first, last, err := parseRange(row[0], row[1])
		if err != nil {
			t.Fatal(err)
		}
		size := last.minus(first)
		inside, _ := first.plus(number{random.Uint64() & size.hi, random.Uint64() & size.lo})
		for _, n := range []number{first, inside, last} {
			if got := m.Name(m.PID(f.addr(n))); got != "as"+row[2] {
				t.Fatalf("%s: %v is in %s, want as%s", file, f.addr(n), got, row[2])
			}
		}
		if before := f.addr(first).Prev(); end.IsValid() && before != end && !m.Default(m.PID(before)) {
			t.Fatalf("%s: %v is in %s, want default", file, before, m.Name(m.PID(before)))
		}
		end = f.addr(last)
	}
	if len(rows) < 100 {
		t.Fatalf("%s: only %d rows", file, len(rows))
	}
}

func TestTheEmbeddedMapKnowsTheNetworksOfToday(t *testing.T) {
	m, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	wantNames(t, m, map[string]string{
		"8.8.8.8": "as15169", "1.1.1.1": "as13335", "2001:4860:4860::8888": "as15169",
		"127.0.0.1": "default", "10.0.0.1": "default", "192.168.1.1": "default", "224.0.0.1": "default",
		"::1": "default", "fe80::1": "default", "ff02::1": "default",
	})
	google, cloudflare := m.PID(netip.MustParseAddr("8.8.8.8")), m.PID(netip.MustParseAddr("1.1.1.1"))
	if got := costBetween(m, google, cloudflare); got != costCountry {
		t.Errorf("cost of two ASes in one country is %v", got)
	}
}

func TestTheEmbeddedMapIsSmall(t *testing.T) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	m, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if held := after.HeapAlloc - before.HeapAlloc; held > 24<<20 {
		t.Errorf("the map holds %d MiB", held>>20)
	}
	if all := after.TotalAlloc - before.TotalAlloc; all > 60<<20 {
		t.Errorf("loading takes %d MiB in all", all>>20)
	}
	runtime.KeepAlive(m)
	if len(embedded) > 3<<20 {
		t.Errorf("the file has %d bytes", len(embedded))
	}
}

func BenchmarkLoad(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Embedded(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLookup(b *testing.B) {
	m, err := Embedded()
	if err != nil {
		b.Fatal(err)
	}
	for name, f := range map[string]family{"IPv4": ipv4, "IPv6": ipv6} {
		b.Run(name, func(b *testing.B) {
			random := rand.New(rand.NewPCG(9, 10))
			addrs := make([]netip.Addr, 1<<16)
			t := m.tables[f]
			for i := range addrs {
				addrs[i] = f.addr(t.starts[random.IntN(len(t.starts))])
			}
			for i := 0; b.Loop(); i++ {
				m.PID(addrs[i%len(addrs)])
			}
		})
	}
}

func BenchmarkRow(b *testing.B) {
	m, err := Embedded()
	if err != nil {
		b.Fatal(err)
	}
	for i := uint32(0); b.Loop(); i++ {
		m.Row(i%m.defaultPID()+1, false)
	}
}

func BenchmarkPrefixes(b *testing.B) {
	m, err := Embedded()
	if err != nil {
		b.Fatal(err)
	}
	n := 0
	for b.Loop() {
		n = 0
		for range m.Prefixes() {
			n++
		}
	}
	b.ReportMetric(float64(n), "prefixes")
}

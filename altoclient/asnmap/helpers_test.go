package asnmap

import (
	"bytes"
	"compress/gzip"
	"math/rand/v2"
	"net/netip"
	"path/filepath"
	"testing"

	"github.com/altracker/altracker/altoclient"
)

var _ altoclient.View = (*Map)(nil)

// sample makes the map of the tables in testdata.
func sample(t testing.TB) *Map {
	t.Helper()
	m, err := Read(
		filepath.Join("testdata", "asn-ipv4.csv"),
		"asn-table:"+filepath.Join("testdata", "asn-ipv6.csv"),
		filepath.Join("testdata", "asn-names.csv"),
	)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// mapOf makes a map of text as in a CSV table, one table to an argument.
func mapOf(t testing.TB, texts ...string) *Map {
	t.Helper()
	var tb tables
	for _, text := range texts {
		if err := tb.readCSV("text", bytes.NewBufferString(text)); err != nil {
			t.Fatal(err)
		}
	}
	m, err := tb.build()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// packed compresses data as gzip does.
func packed(t testing.TB, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// binaryOf returns the binary form of m, in which equal maps are equal.
func binaryOf(t testing.TB, m *Map) []byte {
	t.Helper()
	b, err := m.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func wantEqual(t testing.TB, got, want *Map) {
	t.Helper()
	if !bytes.Equal(binaryOf(t, got), binaryOf(t, want)) {
		t.Errorf("the maps differ: %d PIDs, want %d", got.PIDs(), want.PIDs())
	}
}

// wantNames checks the PIDs of addresses by name.
func wantNames(t testing.TB, m *Map, want map[string]string) {
	t.Helper()
	for addr, name := range want {
		if got := m.Name(m.PID(netip.MustParseAddr(addr))); got != name {
			t.Errorf("PID of %s is %q, want %q", addr, got, name)
		}
	}
}

// costBetween looks up one cost in a row.
func costBetween(m *Map, home, other uint32) float32 {
	ends, costs, _ := m.Row(home, false)
	for i, end := range ends {
		if other < end {
			return costs[i]
		}
	}
	return -1
}

// edges yields addresses on both sides of every change of PID, and some between.
func edges(m *Map, yield func(netip.Addr)) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, t := range m.tables {
		for s := range t.spans() {
			yield(t.family.addr(s.first))
			yield(t.family.addr(s.last))
			size := s.last.minus(s.first)
			between := number{random.Uint64() & size.hi, random.Uint64() & size.lo}
			sum, _ := s.first.plus(between)
			yield(t.family.addr(sum))
		}
	}
}

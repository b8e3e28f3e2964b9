package altoclient

import (
	"errors"
	"math"
	"net/netip"
	"strings"
	"testing"
)

// rowString writes a row as "end:cost" with "*" for internal runs.
func rowString(ends []uint32, costs []float32, internal []bool) string {
	var parts []string
	for i := range ends {
		mark := ""
		if internal != nil && internal[i] {
			mark = "*"
		}
		cost := "-"
		if !math.IsNaN(float64(costs[i])) {
			cost = trimFloat(costs[i])
		}
		parts = append(parts, trimFloat(float32(ends[i]))+":"+cost+mark)
	}
	return strings.Join(parts, " ")
}

const (
	lab4 = `{"pid-1":{"ipv4":["127.1.0.0/16"]},"pid-2":{"ipv4":["127.2.0.0/16"]},"pid-3":{"ipv4":["127.3.0.0/16"]},"world":{"ipv4":["0.0.0.0/0"],"ipv6":["::/0"]}}`
	// One direction differs from the other, and some pairs are not there.
	lab4Costs = `{"pid-1":{"pid-1":1,"pid-2":5,"world":9},"pid-2":{"pid-1":7,"pid-2":1,"pid-3":7},"pid-3":{"pid-1":7,"pid-3":1}}`
)

func TestSnapshotRows(t *testing.T) {
	s := newSnapshot(t, lab4, lab4Costs, SnapshotConfig{})
	for _, tt := range []struct {
		name    string
		home    uint32
		outward bool
		want    string
	}{
		{"C4 to the home", 1, false, "1:- 2:1* 4:7* 5:-"},
		{"C4 from the home", 1, true, "1:- 2:1* 3:5* 4:-* 5:9"},
		{"C1 pairs that are not there", 3, false, "1:- 2:-* 3:7* 4:1* 5:-"},
		{"the default PID, too", 4, false, "1:- 2:9* 4:-* 5:-"},
		{"no PID", 0, false, ""},
		{"a PID out of range", 5, false, ""},
	} {
		if got := rowString(s.Row(tt.home, tt.outward)); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestSnapshotWithoutCosts(t *testing.T) {
	s := newSnapshot(t, lab4, "", SnapshotConfig{Internal: []string{"x", "pid-[12]"}})
	if got, want := rowString(s.Row(2, false)), "1:- 3:-* 5:-"; got != want {
		t.Errorf("row %s, want %s", got, want)
	}
	if s.Ordinal() {
		t.Error("no costs are no ranks")
	}
}

func TestSnapshotOfManyNetworksHasNoInternalPID(t *testing.T) {
	s := newSnapshot(t, lab4, lab4Costs, SnapshotConfig{Internal: []string{}})
	if got, want := rowString(s.Row(1, false)), "1:- 2:1 4:7 5:-"; got != want {
		t.Errorf("row %s, want %s", got, want)
	}
}

func TestSnapshotRefusesSkew(t *testing.T) {
	network := parseNetworkMap(t, networkMapDoc(lab4))
	for _, other := range []string{`"resource-id":"map","tag":"2"`, `"resource-id":"Map","tag":"1"`} {
		doc := strings.Replace(costMapDoc(Numerical, lab4Costs), `"resource-id":"map","tag":"1"`, other, 1)
		_, err := NewSnapshot(network, parseCostMap(t, doc, network), SnapshotConfig{})
		if !errors.Is(err, ErrSkew) {
			t.Errorf("cost map of %s: %v, want ErrSkew", other, err)
		}
	}
}

func TestSnapshotRenumbersACostMapOfItsOwn(t *testing.T) {
	network := parseNetworkMap(t, networkMapDoc(lab4))
	costs := parseCostMap(t, costMapDoc(Numerical, `{"world":{"pid-1":3,"gone":4},"pid-2":{"pid-1":5}}`), nil)
	s, err := NewSnapshot(network, costs, SnapshotConfig{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := rowString(s.Row(1, false)), "1:- 2:-* 3:5* 4:-* 5:3"; got != want {
		t.Errorf("row %s, want %s", got, want)
	}
	if got := s.CostMap().Dropped(); got != 1 {
		t.Errorf("%d costs dropped, want 1", got)
	}
}

func TestSnapshotRowsAreTheSameFromTheCache(t *testing.T) {
	rows, err := NewRowCache(1 << 20)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	// Two snapshots share the cache and must not see each other's rows.
	one := newSnapshot(t, lab4, lab4Costs, SnapshotConfig{Rows: rows})
	two := newSnapshot(t, lab4, `{"pid-2":{"pid-1":3}}`, SnapshotConfig{Rows: rows})
	for range 3 {
		for _, outward := range []bool{false, true} {
			plain := newSnapshot(t, lab4, lab4Costs, SnapshotConfig{})
			for home := range uint32(6) {
				if got, want := rowString(one.Row(home, outward)), rowString(plain.Row(home, outward)); got != want {
					t.Errorf("row of %d is %s, want %s", home, got, want)
				}
			}
		}
		if got, want := rowString(two.Row(1, false)), "1:- 2:-* 3:3* 4:-* 5:-"; got != want {
			t.Errorf("the other snapshot's row is %s, want %s", got, want)
		}
		rows.cache.Wait()
	}
	if hits := testing.AllocsPerRun(100, func() { one.Row(1, true) }); hits != 0 {
		t.Errorf("a row in the cache costs %v allocations", hits)
	}
}

func TestSnapshotWorksWithAClosedCache(t *testing.T) {
	rows, err := NewRowCache(0)
	if err != nil {
		t.Fatal(err)
	}
	s := newSnapshot(t, lab4, lab4Costs, SnapshotConfig{Rows: rows})
	rows.Close()
	if got, want := rowString(s.Row(1, false)), "1:- 2:1* 4:7* 5:-"; got != want {
		t.Errorf("row %s, want %s", got, want)
	}
}

func TestSnapshotLookupDoesNotAllocate(t *testing.T) {
	s := newSnapshot(t, lab4, lab4Costs, SnapshotConfig{})
	addr := netip.MustParseAddr("127.2.3.4")
	if n := testing.AllocsPerRun(100, func() { s.PID(addr) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

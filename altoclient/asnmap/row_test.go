package asnmap

import (
	"math"
	"testing"
)

// twinCost is the rule that rows obey, said without runs.
func twinCost(m *Map, a atlas, home, other uint32) float32 {
	p, q := m.places[home-1], m.places[other-1]
	switch {
	case p == place{} || q == place{}:
		return costElsewhere
	case p.asn != 0 && p == q:
		return costAS
	case p.country == 0 || q.country == 0:
		return costElsewhere
	case p.country == q.country:
		return costCountry
	case a[p.country] != 0 && a[p.country] == a[q.country]:
		return costContinent
	default:
		return costElsewhere
	}
}

func TestRowsObeyTheRule(t *testing.T) {
	maps := map[string]*Map{
		"sample": sample(t),
		"corners": mapOf(t, "asn,country\n1,DE\n2,DE\n3,FR\n4,JP\n5,QQ\n6,QQ\n7,\n8,QR\n",
			"10.0.0.1,10.0.0.1,1\n10.0.0.2,10.0.0.2,2\n10.0.0.3,10.0.0.3,3\n10.0.0.4,10.0.0.4,4\n10.0.0.5,10.0.0.5,5\n"+
				"10.0.0.6,10.0.0.6,6\n10.0.0.7,10.0.0.7,7\n10.0.0.8,10.0.0.8,8\n10.0.0.9,10.0.0.9,9\n",
			"10.1.0.0,10.1.0.0,DE\n10.1.0.1,10.1.0.1,QQ\n"),
		"alone": mapOf(t, "10.0.0.1,10.0.0.1,1\n"),
	}
	a := continents()
	for name, m := range maps {
		t.Run(name, func(t *testing.T) {
			for home := uint32(1); home <= uint32(m.PIDs()); home++ {
				checkRow(t, m, a, home)
			}
		})
	}
}

// checkRow compares all costs of a row and the form of its runs.
func checkRow(t *testing.T, m *Map, a atlas, home uint32) {
	t.Helper()
	ends, costs, internal := m.Row(home, home%2 == 0)
	if len(ends) != len(costs) || len(ends) > 8 || internal != nil {
		t.Fatalf("row of %d: %d ends, %d costs", home, len(ends), len(costs))
	}
	if ends[0] != 1 || !math.IsNaN(float64(costs[0])) {
		t.Errorf("row of %d gives PID 0 a cost", home)
	}
	for i := 1; i < len(ends); i++ {
		if ends[i] <= ends[i-1] || costs[i] == costs[i-1] {
			t.Errorf("row of %d: runs %v, costs %v", home, ends, costs)
		}
		for other := ends[i-1]; other < ends[i]; other++ {
			if want := twinCost(m, a, home, other); costs[i] != want {
				t.Errorf("cost of %s and %s is %v, want %v", m.Name(home), m.Name(other), costs[i], want)
			}
		}
	}
	if last := ends[len(ends)-1]; last != uint32(m.PIDs())+1 {
		t.Errorf("row of %d ends with %d", home, last)
	}
}

func TestNoRowForWhatIsNoPID(t *testing.T) {
	m := sample(t)
	for _, home := range []uint32{0, uint32(m.PIDs()) + 1} {
		if ends, costs, _ := m.Row(home, false); ends != nil || costs != nil {
			t.Errorf("PID %d has a row", home)
		}
	}
}

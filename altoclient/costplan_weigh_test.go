package altoclient

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// costColumn returns a column of the value of a cost-map.
func costColumn(t testing.TB, costType CostType, costs string) CostColumn {
	t.Helper()
	network := parseNetworkMap(t, networkMapDoc(`{"a":{},"b":{},"c":{}}`))
	doc := strings.Replace(costMapDoc(costType.Mode, costs), RoutingCost, costType.Metric, 1)
	return NewCostColumn(parseCostMap(t, doc, network))
}

func TestCostsAreWeighed(t *testing.T) {
	bandwidth := CostType{"tput", Numerical}
	cost := costColumn(t, routing, `{"a":{"a":2,"b":4,"c":40}}`)           // median 4
	wait := costColumn(t, delay, `{"a":{"a":1000,"b":3000}}`)              // median 3000
	width := costColumn(t, bandwidth, `{"a":{"a":800,"b":400,"c":0}}`)     // median 800
	odd := costColumn(t, CostType{"shoesize", Numerical}, `{"a":{"a":0}}`) // nothing but 0
	ranks := costColumn(t, CostType{RoutingCost, Ordinal}, `{"a":{"a":1,"b":2}}`)
	for _, tt := range []struct {
		name    string
		weights []CostWeight
		columns []CostColumn
		want    string
	}{
		{"one, as it is", []CostWeight{{Type: routing, Weight: 7}}, []CostColumn{cost}, "a->a:2 a->b:4 a->c:40"},
		{"ranks, as they are", []CostWeight{{Type: ranks.Type}}, []CostColumn{ranks}, "a->a:1 a->b:2"},
		{"the higher the better", []CostWeight{{Type: bandwidth}}, []CostColumn{width}, "a->a:1 a->b:2 a->c:1000"},
		{"the higher the better, by order", []CostWeight{{Type: routing, Better: HigherBetter}}, []CostColumn{cost}, "a->a:2 a->b:1 a->c:0.1"},
		{"two", []CostWeight{{Type: routing}, {Type: delay}}, []CostColumn{cost, wait}, "a->a:0.4166667 a->b:1 a->c:10"},
		{"two weights", []CostWeight{{Type: routing, Weight: 1}, {Type: bandwidth, Weight: 3}}, []CostColumn{cost, width}, "a->a:0.875 a->b:1.75 a->c:752.5"},
		{"nothing but 0", []CostWeight{{Type: odd.Type, Better: LowerBetter}, {Type: routing}}, []CostColumn{odd, cost}, "a->a:0.25 a->b:1 a->c:10"},
	} {
		plan, err := NewCostPlan(tt.weights, tt.columns...)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if got := costString(plan.At(time.Time{})); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestCostWeightsAreRefusedByName(t *testing.T) {
	ok := CostWeight{Type: routing}
	for _, tt := range []struct {
		text    string
		weights []CostWeight
	}{
		{"costs[0].metric shoesize is not registered", []CostWeight{{Type: shoes}}},
		{"costs[1].metric: cost metric \"\"", []CostWeight{ok, {}}},
		{"costs[1].metric routingcost comes twice", []CostWeight{ok, ok}},
		{"costs[0].mode \"array\"", []CostWeight{{Type: CostType{RoutingCost, Array}}}},
		{"costs[1].mode ordinal", []CostWeight{ok, {Type: CostType{"hopcount", Ordinal}}}},
		{"costs[0].weight -1", []CostWeight{{Type: routing, Weight: -1}}},
		{"costs[0].weight NaN", []CostWeight{{Type: routing, Weight: math.NaN()}}},
		{"costs[0].weight +Inf", []CostWeight{{Type: routing, Weight: math.Inf(1)}}},
		{"costs[0].better 9", []CostWeight{{Type: routing, Better: 9}}},
	} {
		config := SourceConfig{Name: "isp", Directory: "http://h/", Client: NewClient(Config{}), Costs: tt.weights}
		if _, err := NewSource(config); err == nil || !strings.Contains(err.Error(), tt.text) {
			t.Errorf("%v, want %s", err, tt.text)
		}
	}
}

func TestCostPlanRefusesMapsThatDoNotBelongTogether(t *testing.T) {
	weights := []CostWeight{{Type: routing}, {Type: delay}}
	one, two := costColumn(t, routing, `{}`), costColumn(t, delay, `{}`)
	if _, err := NewCostPlan(weights, two, one); err == nil {
		t.Error("columns in another order pass")
	}
	if _, err := NewCostPlan(weights, one); err == nil {
		t.Error("a column less passes")
	}
	two.Slots[0].network.Tag = "2"
	if _, err := NewCostPlan(weights, one, two); !errors.Is(err, ErrSkew) {
		t.Errorf("maps of two versions: %v, want ErrSkew", err)
	}
}

// TestWeighAgreesWithItsTwin compares with arithmetic that is obvious.
func TestWeighAgreesWithItsTwin(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	network := bigNetworkMap(t)
	columns := make([]CostColumn, 3)
	scales := make([]scale, 3)
	for i := range columns {
		m := NewCostMap(network, routing)
		for range 20_000 {
			src, dst := random.Uint32N(manyPIDs)+1, random.Uint32N(300)+1
			if err := m.Set(src, dst, random.Float32()*100); err != nil {
				t.Fatal(err)
			}
		}
		columns[i] = NewCostColumn(m)
		better := LowerBetter
		if i == 1 {
			better = HigherBetter
		}
		scales[i] = newScale(columns[i], CostWeight{Type: routing, Weight: float64(i + 1), Better: better})
	}
	maps := []*CostMap{columns[0].Slots[0], columns[1].Slots[0], columns[2].Slots[0]}
	got := weigh(maps, scales)
	for src := range uint32(manyPIDs + 1) {
		for dst := range uint32(301) {
			var sum, weights float64
			for i, m := range maps {
				if v := m.Cost(src, dst); v == v {
					sum += float64(scales[i].weight) * float64(scales[i].cost(v))
					weights += float64(scales[i].weight)
				}
			}
			want := sum / weights
			if have := float64(got.Cost(src, dst)); math.Abs(have-want) > 1e-5*want || math.IsNaN(have) != math.IsNaN(want) {
				t.Fatalf("cost from %d to %d is %v, want %v", src, dst, have, want)
			}
		}
	}
}

func TestMedianOfALargeMapIsAboutRight(t *testing.T) {
	m := NewCostMap(bigNetworkMap(t), routing)
	random := rand.New(rand.NewPCG(1, 2))
	for src := uint32(1); src <= 500; src++ {
		for dst := uint32(1); dst <= manyPIDs; dst++ {
			if err := m.Set(src, dst, random.Float32()*1000); err != nil {
				t.Fatal(err)
			}
		}
	}
	if got := median(NewCostColumn(m)); got < 480 || got > 520 {
		t.Errorf("median %v, want about 500", got)
	}
}

package selector_test

import (
	"math"
	"testing"

	"github.com/altracker/altracker/selector"
)

// TestAdaptiveRepliesGrowWithHome looks at how many peers a reply holds, and how many of
// them are seeders from anywhere.
func TestAdaptiveRepliesGrowWithHome(t *testing.T) {
	w := oneISP(4)
	for _, c := range []struct {
		name       string
		home, rest [2]uint32 // leechers and seeders of PID 1, and of another one
		options    map[string]float64
		most       int
		seeders    float64 // share
		soon       bool
	}{
		{"as many as home has, a tenth more, and two", [2]uint32{40, 0}, [2]uint32{300, 0}, nil, 46, 0.3, true},
		{"20 at least", [2]uint32{8, 0}, [2]uint32{300, 0}, nil, 20, 0.3, true},
		{"as many as are wanted where home has few", [2]uint32{4, 0}, [2]uint32{300, 0}, nil, 0, 0.3, true},
		{"as many as are wanted where seeders abound", [2]uint32{40, 60}, [2]uint32{100, 150}, nil, 0, 0, false},
		{"no seeders from elsewhere where home has its share", [2]uint32{40, 4}, [2]uint32{300, 30}, nil, 50, 0, true},
		{"half of them where home has half of its share", [2]uint32{40, 2}, [2]uint32{300, 32}, nil, 48, 0.15, true},
		{"other numbers", [2]uint32{40, 0}, [2]uint32{300, 5}, map[string]float64{"k": 10, "least": 60, "seeds": 0.5}, 60, 0.5, true},
	} {
		v, _ := selector.Look(w, selector.Requester{PID: 1})
		l := advised(t, "adaptive", c.options, w, census(selector.Medium, c.home, c.rest)).List(v)
		share := 0.0
		for i, st := range l.Steps {
			if st.Roles == selector.Seeders {
				share = st.Target - l.Steps[i-1].Target
			}
		}
		if l.Most != c.most || math.Abs(share-c.seeders) > 1e-9 || l.Soon != c.soon {
			t.Errorf("%s: at most %d peers, %.2f of them seeders, soon %v; want %d, %.2f, %v", c.name, l.Most, share, l.Soon, c.most, c.seeders, c.soon)
		}
	}
}

func TestAdaptiveSeedersServeEverywhereWhileTheyAreFew(t *testing.T) {
	w := oneISP(4)
	v, _ := selector.Look(w, selector.Requester{PID: 1, Seeder: true})
	few := advised(t, "adaptive", nil, w, census(selector.Medium, [2]uint32{40, 1}, [2]uint32{300, 1})).List(v)
	if len(few.Steps) != 1 || few.Steps[0].Name != "anyone" || few.Most != 0 || few.Soon {
		t.Errorf("%+v, want anyone", few)
	}
	many := advised(t, "adaptive", nil, w, census(selector.Medium, [2]uint32{40, 100}, [2]uint32{300, 300})).List(v)
	if len(many.Steps) < 3 || many.Steps[1].Name != "home PID" {
		t.Errorf("%+v, want the home PID behind the random share", many)
	}
}

// TestAdaptiveHasFewSteps compiles a list for a map whose costs are all different.
func TestAdaptiveHasFewSteps(t *testing.T) {
	w := newPlane(300)
	v, _ := selector.Look(w, selector.Requester{PID: 1})
	p, err := selector.New("adaptive", nil)
	if err != nil {
		t.Fatal(err)
	}
	l := p.List(v)
	if len(l.Steps) > 17 {
		t.Errorf("%d steps", len(l.Steps))
	}
}

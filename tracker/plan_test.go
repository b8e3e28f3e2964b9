package tracker

import (
	"testing"

	"github.com/altracker/altracker/selector"
)

// TestPlansAreFittedOnce: swarms with the same terms share a plan, others do not.
func TestPlansAreFittedOnce(t *testing.T) {
	ps, err := newPlans(selector.Random{})
	if err != nil {
		t.Fatal(err)
	}
	p := unguidedPlan(7, unguided)
	fitted := ps.fit(p, 20, true)
	if fitted.most != 20 || !fitted.soon || fitted.compiled != p.compiled || p.most != 0 {
		t.Errorf("fitted %+v of %+v", fitted.variant, p.variant)
	}
	if ps.fit(p, 20, true) != fitted {
		t.Error("the same terms made another plan")
	}
	for _, other := range []*plan{ps.fit(p, 21, true), ps.fit(p, 20, false), ps.fit(unguidedPlan(7, unguided), 20, true)} {
		if other == fitted {
			t.Errorf("%+v is shared by terms that differ", other.variant)
		}
	}
}

package run

import (
	"math"

	"github.com/altracker/altracker/bench/report"
)

// loss is how much worse than under the baseline counts as losing.
const loss = 1.05

// compare fills in what a run came to beside the baseline's run of the same seed: the
// ISPs that are slower, and those into which more comes.
func compare(r *report.Record, isps, baseline []report.ISP) {
	r.ISPsLosingTime, r.ISPsLosingTraffic = 0, 0
	for i, isp := range isps {
		base := baseline[i]
		slower := isp.P50 > loss*base.P50 || math.IsNaN(isp.P50) && !math.IsNaN(base.P50)
		if slower {
			r.ISPsLosingTime++
		}
		if isp.Ingress > loss*base.Ingress {
			r.ISPsLosingTraffic++
		}
	}
}

package report

import (
	"math"
	"reflect"
)

// Baseline is the policy that all others are compared with.
const Baseline = "random"

// Record is what one run came to: a scenario under a policy with a seed. A float is
// NaN where the run does not know it; in JSON that is null. Times are seconds, from
// a peer's arrival unless said otherwise; shares are 0 to 1.
type Record struct {
	Scenario  string `json:"scenario"`
	Policy    string `json:"policy"`
	Seed      uint64 `json:"seed"`
	Mode      string `json:"mode"` // "sim", or "live" for real clients
	Set       string `json:"set"`  // "design" (parameters were chosen on it) or "confirm"
	Peers     int    `json:"peers"`
	FileBytes int64  `json:"file_bytes"`

	// Where the traffic went.
	IntraPIDShare     float64 `json:"intra_pid_share"`
	IntraISPShare     float64 `json:"intra_isp_share"`
	IntraCountryShare float64 `json:"intra_country_share"`
	Eta               float64 `json:"eta"`               // of PIDs: 0 is an unbiased policy, 1 the physical limit
	EtaISP            float64 `json:"eta_isp"`           // the same of ISPs
	RedundancyMedian  float64 `json:"redundancy_median"` // over ISPs: copies of the file that came in
	RedundancyMax     float64 `json:"redundancy_max"`
	UnitBDP           float64 `json:"unit_bdp"` // hops that a byte travels, on average
	MLU               float64 `json:"mlu"`      // utilisation of the most loaded link, background included
	MostLoadedLink    string  `json:"most_loaded_link"`
	TransitP95FiveMin float64 `json:"transit_p95_5m"` // bytes a second: 95th percentile of 5-minute bins, summed over ISPs
	TransitP95Hour    float64 `json:"transit_p95_1h"` // the same of 1-hour bins
	SeedCopies        float64 `json:"seed_copies"`    // sent by the initial seeds, in files

	// How long downloads took.
	CompletionMean float64 `json:"completion_mean_s"`
	CompletionP50  float64 `json:"completion_p50_s"`
	CompletionP95  float64 `json:"completion_p95_s"`
	CompletionP99  float64 `json:"completion_p99_s"`
	CompletionMax  float64 `json:"completion_max_s"`
	TMin           float64 `json:"t_min_s"`        // the network's limit
	TMinPolicy     float64 `json:"t_min_policy_s"` // the limit once the policy's overlay is given
	StartupP50     float64 `json:"startup_p50_s"`  // until the first piece is there
	Leechers       int     `json:"leechers"`       // peers that came without the whole file
	Unfinished     int     `json:"unfinished"`     // of them, those that neither completed nor gave up of their own will
	Aborted        int     `json:"aborted"`        // of them, those that the scenario had leave early

	// Who pays.
	ISPsLosingTime    float64 `json:"isps_losing_time"`    // ISPs slower than under Baseline by more than 5 %
	ISPsLosingTraffic float64 `json:"isps_losing_traffic"` // ISPs with more ingress than under Baseline by more than 5 %
	Jain              float64 `json:"jain"`                // fairness of sent/received over peers, 1 is even

	// The overlay.
	Components        float64 `json:"components"`
	MinCut            float64 `json:"min_cut"`       // least over PIDs: overlay edges between a PID and the rest
	MissingShare      float64 `json:"missing_share"` // of PID time with leechers, a piece was absent from the PID
	IntroductionsMax  float64 `json:"introductions_max"`
	IntroductionsMean float64 `json:"introductions_mean"` // how often a peer was named in replies

	WallSeconds float64 `json:"wall_s"`
	CPUSeconds  float64 `json:"cpu_s"`
	MachineBusy float64 `json:"machine_busy"` // share of all processors' time that was used meanwhile; of live runs
	RateFactor  float64 `json:"rate_factor"`  // what lines had of the rates that the scenario says; of live runs
	Clients     string  `json:"clients"`      // programs, parted by commas: those that ran, or that simulated peers acted as; empty: all were alike
	Near        bool    `json:"near"`         // distance was left out of a simulation
	WireRatio   float64 `json:"wire_ratio"`   // bytes counted on the wire, over the payload that clients say they sent; of live runs in network namespaces
	Commit      string  `json:"commit"`
	Digest      string  `json:"scenario_digest"` // of the scenario's text; empty: not known
}

// Blank returns a Record that knows nothing: every float is NaN.
func Blank() Record {
	var r Record
	for _, f := range reflect.ValueOf(&r).Elem().Fields() {
		if f.Kind() == reflect.Float64 {
			f.SetFloat(math.NaN())
		}
	}
	return r
}

// Limit returns how many times the network's limit a completion time is.
func (r *Record) Limit(completion float64) float64 { return completion / r.TMin }

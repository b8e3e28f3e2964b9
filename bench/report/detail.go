package report

// Detail is what plots need of one run beside its Record. Whatever is not known is
// left empty, and the plots that need it are left out. Bytes and completion times must
// be known and not negative; other floats may be NaN.
type Detail struct {
	Scenario string `json:"scenario"`
	Policy   string `json:"policy"`
	Seed     uint64 `json:"seed"`

	ISPs    []ISP   `json:"isps"`
	PIDs    []PID   `json:"pids"`
	Traffic Traffic `json:"traffic"` // payload between PIDs
	Nodes   []Node  `json:"nodes"`
	Links   []Link  `json:"links"`
}

// ISP is one network's share of a run.
type ISP struct {
	Name       string    `json:"name"`
	Completion []float64 `json:"completion_s"` // of each leecher that completed, in any order
	Unfinished int       `json:"unfinished"`   // leechers that neither completed nor gave up
	Ingress    float64   `json:"ingress_bytes"`
	Egress     float64   `json:"egress_bytes"`
	TransitP95 float64   `json:"transit_p95"`      // bytes a second: 95th percentile of 5-minute bins of max(in, out)
	P50        float64   `json:"completion_p50_s"` // of Completion
}

// PID is one PID of the map that was served.
type PID struct {
	Name string `json:"name"`
	ISP  int    `json:"isp"` // index into Detail.ISPs; -1: none
}

// Traffic is a matrix without its zeros: Bytes[i] went From[i] To[i], both indices into
// Detail.PIDs. No pair comes twice.
type Traffic struct {
	From  []int     `json:"from"`
	To    []int     `json:"to"`
	Bytes []float64 `json:"bytes"`
}

// Add appends an entry, unless it is zero.
func (t *Traffic) Add(from, to int, bytes float64) {
	if bytes != 0 {
		t.From, t.To, t.Bytes = append(t.From, from), append(t.To, to), append(t.Bytes, bytes)
	}
}

// Node is a place of the topology. Lat and Lon are degrees; if any node lacks them
// (NaN), the whole graph is laid out by its links.
type Node struct {
	Name string  `json:"name"`
	ISP  int     `json:"isp"` // index into Detail.ISPs; -1: none
	Lat  float64 `json:"lat"`
	Lon  float64 `json:"lon"`
}

// Link joins two nodes. Bytes is what it carried from A to B, and from B to A.
type Link struct {
	A        int        `json:"a"`
	B        int        `json:"b"`
	Capacity float64    `json:"capacity"` // bytes a second, each way; NaN or +Inf (in JSON null): no limit known
	Bytes    [2]float64 `json:"bytes"`
	Peak     float64    `json:"peak"`     // utilisation 0 to 1 in the busiest bin of the busier direction, background included; NaN: not measured
	Relation string     `json:"relation"` // "", "peering" or "transit" (B provides for A)
}

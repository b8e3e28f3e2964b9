package mapbuild

import (
	"math"

	"github.com/altracker/altracker/altoclient/prefixmap"
)

// Summary tells what Build has written.
type Summary struct {
	NetworkMap, CostMap string // the files
	Tag                 string // of the network map, which the cost map names

	PIDs     int
	Prefixes int // in all PIDs
	Before   int // the same before ASes were merged, and prefixes that say the same

	// IPv4 is how much of all IPv4 addresses is in a PID other than the default, from
	// 0 to 1; IPv6 the same of 2000::/3, from which addresses are given out.
	IPv4, IPv6 float64

	Least, Most float32 // costs

	// Notes are for people: what was merged or left out, and what the costs are.
	Notes []string
}

func (d *draft) summary() Summary {
	s := Summary{PIDs: d.pids(), Prefixes: len(d.entries), Before: d.before, Notes: d.notes}
	s.IPv4, s.IPv6 = d.coverage()
	s.Least = float32(math.Inf(1))
	for _, row := range d.rows() {
		for _, cost := range row[1:] {
			s.Least, s.Most = min(s.Least, cost), max(s.Most, cost)
		}
	}
	return s
}

// coverage tells how much of each family is in a PID that is not the default.
func (d *draft) coverage() (ipv4, ipv6 float64) {
	for r := range prefixmap.Regions(d.entries) {
		switch first := r.Prefix.Addr().AsSlice()[0]; {
		case d.isDefault(r.Value):
		case r.Prefix.Addr().Is4():
			ipv4 += math.Ldexp(r.Addresses, -32)
		case first>>5 == 1 && r.Prefix.Bits() >= 3:
			ipv6 += math.Ldexp(r.Addresses, -125)
		}
	}
	return ipv4, ipv6
}

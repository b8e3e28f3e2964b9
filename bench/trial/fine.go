package trial

import "fmt"

// The fine map of Comcast's trial.
const (
	finePIDs    = 1182 // the default PID among them
	fineRegions = 21   // as the coarse map has
)

// comcastFine makes the fine map, which is too large to be kept as files: its PIDs are
// dealt out to the regions of the coarse map in turn. Names and addresses are ours.
//
// PID k of the operator's has the k-th prefix of 20 bits in 127/8, 4,094 hosts, and the
// k-th prefix of 27 bits in 198.18/15, 30 hosts.
func comcastFine() (regions, pids []byte) {
	regions = []byte("costs: {same_pid: 1, same_parent: 4, same_isp: 14, default: 40}\nregions:\n")
	for region := range fineRegions {
		regions = fmt.Appendf(regions, "  - {name: region-%d, internal: true}\n", region+1)
	}
	pids = []byte("pid,weight,addresses,isp,province,city\n")
	const inside = finePIDs - 1
	for k := 1; k <= inside; k++ {
		region, node := (k-1)%fineRegions+1, (k-1)/fineRegions+1
		name := fmt.Sprintf("region-%d-node-%d", region, node)
		loopback := fmt.Sprintf("127.%d.%d.0/20", k/16, k%16*16)
		bench := fmt.Sprintf("198.%d.%d.%d/27", 18+k/2048, k/8%256, k%8*32)
		regions = fmt.Appendf(regions, "  - {name: %s, parent: region-%d, prefixes: [%s, %s]}\n", name, region, loopback, bench)
		pids = fmt.Appendf(pids, "%s,63,%s,,,\n", name, loopback)
	}
	regions = append(regions, "  - {name: rest, prefixes: [0.0.0.0/0, \"::/0\"]}\n"...)
	pids = fmt.Appendf(pids, "rest,%d,127.100.0.0/16,,,\n", 937*inside)
	return regions, pids
}

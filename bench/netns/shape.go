package netns

import "fmt"

// Queues of a line: what may pass at once, and how long the rest waits at most. A burst
// is less than what short downloads would notice, and more than what a timer's tick lets
// pass at the rates of this century's lines.
const (
	burst  = "32kb"
	queued = "200ms"
)

// shaping is the line for tc that makes a device as slow as that, in bytes a second (which
// tc calls bps); empty if nothing bounds it.
func shaping(device string, bytesPerSecond int64) string {
	if bytesPerSecond == 0 {
		return ""
	}
	return fmt.Sprintf("qdisc add dev %s root tbf rate %dbps burst %s latency %s\n", device, bytesPerSecond, burst, queued)
}

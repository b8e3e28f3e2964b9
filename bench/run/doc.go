// Package run simulates scenarios under policies and measures what comes of it.
//
//	err := run.Run(ctx, run.Config{Scenarios: list, Seeds: 10, Dir: "out"})
//
// The world of a seed (package scenario) is made once, and so are its maps: an altoserver
// for each ISP that has one serves them over HTTP, and the ALTO client that altracker has
// fetches them. Each policy then gets a tracker of its own on the same world. A run ends
// as a report.Record and a report.Detail, written at once, so that a series that is cut
// off can be resumed.
//
// [Live] has real clients (package live) do the same on loopback, guided by a tracker over
// UDP, and measures it the same way; [Agree] holds one against the other.
//
// What is measured follows these definitions:
//
//   - A place is a PID of the map as it should be, whatever map was served.
//   - eta = (intra - intra_rand) / (intra_max - intra_rand), where intra_rand is the share
//     that stays inside if every peer receives from all others alike, and intra_max is what
//     would if each group without a copy of its own imported one.
//   - The network's limit and the policy's own are the least times in which a fluid could
//     have been distributed: limits.go.
package run

// Package selector decides which peers an announce is answered with, without ever
// seeing a peer.
//
// A [Policy] is given a [View]: the requester's home PID and what its network says
// of all the others. It answers with a [List]: steps, each naming PIDs and the
// share of the reply that is filled when the step is done. Every published scheme
// is such a list, and so is the random baseline:
//
//	random   everyone, to 100 %
//	staged   a random share of 10 %, the home PID to 75 %, the home ISP to 90 %, the rest
//	ranked   a random share, then one step for each cost, cheapest first
//
// Who the peers are, and how to draw them, is the swarm store's business; where
// the map comes from is the ALTO client's. So a policy is arithmetic on a few
// numbers: one file, judged by the laws of package selectortest.
package selector

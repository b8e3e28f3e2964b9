// Package swarm remembers who is in which swarm, and draws peers from it.
//
// A [Store] holds all swarms in memory, cut into shards with a lock each. A swarm
// keeps its IPv4 and its IPv6 peers in one pool each. A pool is one sequence of peers
// in the order of role, PID and a keyed hash of the address: so a peer is found by its
// address, and those of a PID, or of a range of PIDs, stand together. A pool of a few
// peers is one array; a larger one is a tree of blocks, and one with some peers for each
// PID has a directory of where each PID begins.
//
// What to draw is told by a [Walk]: steps, each with the PIDs to draw from and
// the share of the reply that is filled when the step is done. The cost of a draw
// grows with the steps, the groups they visit and the peers returned, never with
// the swarm.
//
// The package has no clock and no network: time arrives with each call, in
// seconds. PIDs are numbers to it; a [Grouping] tells the number of an address, and
// a pool is grouped anew, at its next announce, when the Grouping's epoch moves.
//
// Lock order: there is one lock, the shard's, and nothing is called under it but
// this package and the Grouping.
package swarm

// Package swarm remembers who is in which swarm, and draws peers from it.
//
// A [Store] holds all swarms in memory, cut into shards with a lock each. A swarm
// keeps its IPv4 and its IPv6 peers in one pool each. A pool holds its peers in
// two dense arrays, leechers and seeders, so that one of them is drawn in
// constant time. A pool of a few peers is nothing more. A larger one is
// also grouped: an index finds a peer by its address, and a directory in the order
// of PIDs lists the peers of each PID, so that one of a PID, or of a range of
// PIDs, is drawn in constant time too.
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

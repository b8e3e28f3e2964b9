// Package sim simulates a BitTorrent swarm at flow level, in virtual time, on the real
// tracker: the clients announce to the Announce that the sockets call, and connect to
// the peers it names.
//
//	store, _ := swarm.New(swarm.Config{Seed: 1})
//	t, _ := tracker.New(tracker.Config{Store: store, Map: ..., Policy: ...})
//	result, err := sim.Run(ctx, sim.Config{
//		Tracker: sim.Virtual(t), Peers: peers, Network: network,
//		Pieces: 512, PieceBytes: 512 << 10, Seed: 1,
//	})
//
// A transfer is a flow: it has a rate, and rates share the access lines and the links
// between places as TCP connections would in the long run (max-min fair, in proportion
// to 1/RTT, at most a window a round trip). Packets, slow start and losses are left
// out; so are the bytes of all messages but pieces. Everything above that is what
// clients do: they keep each address they were ever given, dial while they have room,
// choke and unchoke, and choose pieces by what their neighbours hold. Nobody knows
// more than its neighbours told.
//
// Time advances in steps. In a step every flow moves its bytes; pieces that are
// complete are told to the neighbours; then choke rounds, announces, arrivals and
// departures that fell due happen in the order of their times; then the flows that began or ended
// have all rates worked out anew.
//
// The same Config gives the same Result. All that a client leaves to chance comes from
// a series of its own, so that two runs that differ in the tracker alone are alike in
// all that the tracker does not decide.
package sim

// Package live lets real BitTorrent clients download real bytes through a tracker
// and tells who got how much from whom.
//
// All clients (anacrolix/torrent) run in this process, each with an address of its
// own in 127/8: 127.0.<PID>.<n>. Linux needs no preparation for that. A [Scenario]
// says how many there are and how fast; the tracker, told where those addresses
// stand in the network, is whatever its URL leads to.
//
//	result, err := live.Run(ctx, live.Scenario{
//		Tracker: "udp://127.0.0.1:6969", PIDs: 4, PeersPerPID: 4, UploadRate: 1 << 20,
//	}, nil)
//	...
//	fmt.Printf("%.0f %% stayed at home\n", 100*result.IntraShare())
//
// The clients learn of each other from the tracker only, unless the Scenario says
// otherwise. Each one binds what it sends to its own address, so that tracker and
// peers see that address and no other. Bytes are payload that the receiver had a
// use for, without protocol overhead and repetitions.
//
// Not everything about such clients is like the Internet. Loopback has neither
// delay nor bottleneck: rates are limited inside the clients, and what is sent waits
// at the end that dialled for as long as the Scenario says. This library has no
// choker with four slots; and the announce interval of a short run is far below that
// of real swarms, while clients keep every address they were ever given and dial
// again those they are connected to. Shares of traffic carry over better than times
// do.
package live

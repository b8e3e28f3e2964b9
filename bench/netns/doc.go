// Package netns lets Debian's BitTorrent clients download through a real altracker, each
// in a network namespace of its own, and counts what passes between them.
//
// A [Lab] is a namespace with a bridge, to which each client's namespace has a wire (veth)
// that is as slow as the client's line, both ways (tbf). The tracker and whatever else is
// to be found listens at the bridge. There is no way out of this network. Bytes are
// counted twice: by nftables at the bridge, pair by pair, and by the clients themselves.
//
//	lab, err := netns.Open(ctx, netns.Config{Altracker: "altracker", Programs: netns.Programs()})
//	...
//	defer lab.Close()
//	err = lab.Track(ctx, yaml)
//	...
//	result, err := lab.Run(ctx, live.Scenario{PIDs: 2, PeersPerPID: 3}, nil)
//
// It takes root and Linux; [Missing] says what else, and how to get it. Distance between
// PIDs is not acted out: lines are slow, but nobody is far away.
package netns

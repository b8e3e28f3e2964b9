// Package dhtnode is a node of the BitTorrent DHT (BEP 5) whose get_peers answers
// come from the tracker's own swarms, chosen for the asking address by the policy
// in force. What is announced to it enters the swarms as hearsay: an unverified
// peer with a short life.
//
//	node, err := dhtnode.New(dhtnode.Config{Listen: ":6881", Handler: core})
//	if err != nil {
//		return err
//	}
//	return node.Run(ctx)
//
// # How it stands on anacrolix/dht
//
// The routing table, its upkeep and the answers to ping and find_node are
// [dht.Server]'s. Its own ways to serve peers do not fit: a peer store does not
// learn who asks, replies have no size limit, and nodes are left out where there
// are peers. Nor may it see the raw network: the krpc decoder of v2.23.0 panics on
// an empty "ip" value, and the server on a put or an announce_peer without
// arguments, each one datagram from anybody.
//
// So the server gets no socket but an [airlock]: nothing passes but messages that
// this package has read and written anew, and the only queries among them are ping
// and find_node:
//
//	find_node      find_node
//	get_peers      find_node for the info hash; its reply is the answer's frame,
//	               which gets the token and the peers on its way out
//	announce_peer  ping, once the peer has been entered; its reply is the answer
//
// The server thus knows every node that asked anything, and a get_peers answer has
// a token and the closest nodes whether or not there is a swarm. What it takes to
// finish an answer travels in the transaction id, which the server echoes: there is
// no table of open questions to lock, bound and expire.
//
// Which clauses of the BEPs are spoken is tabled in docs/dht.md.
package dhtnode

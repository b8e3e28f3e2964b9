package swarm

import "sync"

// shard is a part of the store: its swarms in a dense array, so that a sweep can
// stop anywhere and go on later, and where to find them.
type shard struct {
	mu     sync.Mutex
	swarms []swarm
	places map[InfoHash]uint32 // of swarms
	peers  [2]int              // by Role
	draw   sampler
}

// swarm is the peers of one info hash. The IPv6 pool stands apart because most
// swarms have none.
type swarm struct {
	hash       InfoHash
	downloaded uint32
	epoch      uint64 // of the grouping that the peers' PIDs are from
	v4         pool[[6]byte]
	v6         *pool[[18]byte]
}

func (sh *shard) find(h InfoHash) *swarm {
	if i, ok := sh.places[h]; ok {
		return &sh.swarms[i]
	}
	return nil
}

// open returns the swarm of h, a new one if need be. The pointer is valid until the
// shard's next change.
func (sh *shard) open(h InfoHash, keep keeping) *swarm {
	if sw := sh.find(h); sw != nil {
		return sw
	}
	sh.places[h] = uint32(len(sh.swarms))
	sh.swarms = append(sh.swarms, swarm{hash: h})
	sw := &sh.swarms[len(sh.swarms)-1]
	sw.v4.more = keep.more()
	return sw
}

// drop removes the i-th swarm; the last takes its place.
func (sh *shard) drop(i int) {
	delete(sh.places, sh.swarms[i].hash)
	last := len(sh.swarms) - 1
	if i != last {
		sh.swarms[i] = sh.swarms[last]
		sh.places[sh.swarms[i].hash] = uint32(i)
	}
	sh.swarms[last] = swarm{}
	sh.swarms = sh.swarms[:last]
}

// six returns the IPv6 pool; one is made only if somebody is to be entered.
func (sw *swarm) six(enter bool) *pool[[18]byte] {
	switch {
	case sw.v6 != nil:
	case !enter:
		return &pool[[18]byte]{}
	default:
		sw.v6 = &pool[[18]byte]{}
		if sw.v4.more != nil {
			sw.v6.more = sw.v4.kept.more()
		}
	}
	return sw.v6
}

func (sw *swarm) counts() Counts {
	c := Counts{
		Seeders:    len(sw.v4.peers[Seeder]),
		Leechers:   len(sw.v4.peers[Leecher]),
		Downloaded: sw.downloaded,
	}
	if sw.v6 != nil {
		c.Seeders += len(sw.v6.peers[Seeder])
		c.Leechers += len(sw.v6.peers[Leecher])
	}
	return c
}

// regroup brings the peers' PIDs up to the grouping in force.
func (sw *swarm) regroup(g Grouping, s secret) {
	if sw.epoch == g.Epoch() {
		return
	}
	sw.epoch = g.Epoch()
	sw.v4.regroup(g, s)
	if sw.v6 != nil {
		sw.v6.regroup(g, s)
	}
}

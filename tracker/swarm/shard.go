package swarm

import "sync"

// shard is a part of the store, with a lock of its own.
type shard struct {
	mu    sync.Mutex
	peers [2]int // by Role
	draw  sampler
	register
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

// six returns the IPv6 pool; one is made only if somebody is to be entered.
func (sw *swarm) six(enter bool) *pool[[18]byte] {
	switch {
	case sw.v6 != nil:
	case !enter:
		return &pool[[18]byte]{}
	default:
		sw.v6 = &pool[[18]byte]{}
	}
	return sw.v6
}

func (sw *swarm) counts() Counts {
	c := Counts{Seeders: sw.v4.size(Seeder), Leechers: sw.v4.size(Leecher), Downloaded: sw.downloaded}
	if sw.v6 != nil {
		c.Seeders += sw.v6.size(Seeder)
		c.Leechers += sw.v6.size(Leecher)
	}
	return c
}

// follow has the swarm go by the grouping in force. Not all of its peers need follow at
// once, see past.
func (sw *swarm) follow(s *Store, is Grouping) {
	if sw.epoch == is.Epoch() {
		sw.v4.thicken(s, is)
		if sw.v6 != nil {
			sw.v6.thicken(s, is)
		}
		return
	}
	was := s.groupings.recall(sw.epoch)
	s.groupings.remember(is)
	sw.epoch = is.Epoch()
	sw.v4.regroup(s, was, is)
	if sw.v6 != nil {
		sw.v6.regroup(s, was, is)
	}
}

// catchUp moves some peers over, if there are any by old PIDs.
func (sw *swarm) catchUp(s *Store, is Grouping) {
	sw.v4.catchUp(s, is, pastBlocks)
	if sw.v6 != nil {
		sw.v6.catchUp(s, is, pastBlocks)
	}
}

// behind tells whether some peers stand by old PIDs still.
func (sw *swarm) behind() bool { return sw.v4.past != nil || sw.v6 != nil && sw.v6.past != nil }

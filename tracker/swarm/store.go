package swarm

import (
	crand "crypto/rand"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
)

// Config shapes a Store.
type Config struct {
	// Shards is the number of parts with a lock of their own, a power of two;
	// 0 means 256.
	Shards int

	// PeerIDs keeps the peers' ids, for replies that name them, at 20 bytes a peer.
	PeerIDs bool

	// Capacities keeps what is known of the peers' upload, for walks that look at
	// classes, at 4 bytes a peer.
	Capacities bool

	// Stable keeps what stable steps need in large swarms, at 11 to 21 bytes a peer;
	// without it, they are stable in small ones only.
	Stable bool

	// MaxIntroductions is how often a peer is introduced to others between two
	// announces of its own, to within a third; 0 means no limit, and 290,000 is the
	// most.
	MaxIntroductions int

	// Seed makes shards and draws repeatable; 0 draws one from the system, and is
	// what a tracker on the open network needs (see secret).
	Seed uint64
}

// Store holds all swarms. Its methods may be called from any goroutine.
type Store struct {
	shards  []shard
	secret  secret
	keeping keeping
	ringed  bool
	scale   atomic.Pointer[scale] // of classes; nil until something is known

	groupings groupings
}

// New returns an empty Store.
func New(c Config) (*Store, error) {
	if c.Shards == 0 {
		c.Shards = 256
	}
	if c.Shards < 1 || c.Shards&(c.Shards-1) != 0 {
		return nil, fmt.Errorf("swarm: Shards is %d, want a power of two", c.Shards)
	}
	if c.MaxIntroductions < 0 {
		return nil, fmt.Errorf("swarm: MaxIntroductions is %d, want 0 or more", c.MaxIntroductions)
	}
	seeds := rand.New(source(c.Seed))
	s := &Store{
		shards:  make([]shard, c.Shards),
		secret:  secret{seeds.Uint64(), seeds.Uint64() | 1},
		keeping: keeping{ids: c.PeerIDs, capacities: c.Capacities},
		ringed:  c.Stable,
	}
	for i := range s.shards {
		s.shards[i].draw.dice.state = seeds.Uint64()
		s.shards[i].draw.limit, s.shards[i].draw.counted = renownOf(c.MaxIntroductions)
	}
	return s, nil
}

func source(seed uint64) rand.Source {
	var key [32]byte
	if seed == 0 {
		crand.Read(key[:]) // never fails (crypto/rand)
	} else {
		binary.LittleEndian.PutUint64(key[:], seed)
	}
	return rand.NewChaCha8(key)
}

// shard returns the shard that a swarm is in, or would be, and its hash.
func (s *Store) shard(h InfoHash) (*shard, uint64) {
	sum := s.secret.ofSwarm(&h)
	return s.shardOf(sum), sum
}

func (s *Store) shardOf(sum uint64) *shard { return &s.shards[sum&uint64(len(s.shards)-1)] }

// Scrape returns the counts of a swarm, zero if nobody is in it.
func (s *Store) Scrape(h InfoHash) Counts {
	sh, sum := s.shard(h)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if sw := sh.find(&h, sum); sw != nil {
		return sw.counts()
	}
	return Counts{}
}

// Totals is the size of a whole Store.
type Totals struct {
	Swarms   int // with peers, or without any since less than one sweep
	Seeders  int
	Leechers int
}

// Totals adds up the shards, one after the other.
func (s *Store) Totals() (t Totals) {
	for i := range s.shards {
		sh := &s.shards[i]
		sh.mu.Lock()
		t.Swarms += sh.n
		t.Seeders += sh.peers[Seeder]
		t.Leechers += sh.peers[Leecher]
		sh.mu.Unlock()
	}
	return t
}

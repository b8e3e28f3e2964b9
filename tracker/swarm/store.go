package swarm

import (
	crand "crypto/rand"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
)

// Config shapes a Store.
type Config struct {
	// Shards is the number of parts with a lock of their own, a power of two;
	// 0 means 256.
	Shards int

	// PeerIDs keeps the peers' ids, for replies that name them, at 20 bytes a peer.
	PeerIDs bool

	// Seed makes shards and draws repeatable; 0 draws one from the system, and is
	// what a tracker on the open network needs (see secret).
	Seed uint64
}

// Store holds all swarms. Its methods may be called from any goroutine.
type Store struct {
	shards  []shard
	secret  secret
	peerIDs bool
}

// New returns an empty Store.
func New(c Config) (*Store, error) {
	if c.Shards == 0 {
		c.Shards = 256
	}
	if c.Shards < 1 || c.Shards&(c.Shards-1) != 0 {
		return nil, fmt.Errorf("swarm: Shards is %d, want a power of two", c.Shards)
	}
	seeds := rand.New(source(c.Seed))
	s := &Store{
		shards:  make([]shard, c.Shards),
		secret:  secret{seeds.Uint64(), seeds.Uint64() | 1},
		peerIDs: c.PeerIDs,
	}
	for i := range s.shards {
		s.shards[i].places = make(map[InfoHash]uint32)
		s.shards[i].draw.rng = rand.New(rand.NewPCG(seeds.Uint64(), seeds.Uint64()))
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

func (s *Store) shard(h InfoHash) *shard {
	return &s.shards[s.secret.sum(h[:])&uint64(len(s.shards)-1)]
}

// Scrape returns the counts of a swarm, zero if nobody is in it.
func (s *Store) Scrape(h InfoHash) Counts {
	sh := s.shard(h)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if sw := sh.find(h); sw != nil {
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
		t.Swarms += len(sh.swarms)
		t.Seeders += sh.peers[Seeder]
		t.Leechers += sh.peers[Leecher]
		sh.mu.Unlock()
	}
	return t
}

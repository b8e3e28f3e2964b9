package load

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"net/netip"
)

// population is who is in which torrent. It follows from the Config alone.
//
// Peers are numbered so that those of a torrent stand side by side, and the number
// of a peer is its source and port: peer i announces from source i mod S, port
// firstPort + i div S. A peer in a reply is therefore of the swarm if and only if its
// number is between two bounds.
type population struct {
	sources sources
	key     uint64   // what hashes, ids and roles are made of
	starts  []uint32 // first peer of each torrent; the last one is the number of peers
	torrent []uint32 // of each peer
	seeds   uint64   // a peer seeds if its random number is below
}

func newPopulation(c Config) (*population, error) {
	sources, err := newSources(c.From, c.Sources)
	if err != nil {
		return nil, wrongField("Sources", "%w", err)
	}
	if room := c.Sources * portsPerSource; c.Peers > room {
		return nil, wrongField("Peers", "%d: %d sources have room for %d, by %d ports each", c.Peers, c.Sources, room, portsPerSource)
	}
	p := &population{sources: sources, seeds: share64(c.SeedShare)}
	// Whatever moves peers from swarm to swarm changes all hashes: a tracker that
	// still holds the last run's swarms is not taken for one that invents peers.
	for _, n := range []uint64{c.Seed, uint64(c.Torrents), uint64(c.Peers), math.Float64bits(c.Exponent), uint64(c.Sources)} {
		p.key = mix64(p.key ^ n)
	}
	p.settle(c.Torrents, c.Peers, c.Exponent)
	return p, nil
}

// settle says how many peers each torrent has.
func (p *population) settle(torrents, peers int, exponent float64) {
	p.starts = make([]uint32, torrents+1)
	sizes := p.starts[1:]
	if exponent == 0 {
		for i := range sizes {
			sizes[i] = uint32(peers / torrents)
			if i < peers%torrents {
				sizes[i]++
			}
		}
	} else {
		popularity, rng := newZipf(torrents, exponent), rand.New(rand.NewPCG(p.key, 1))
		for range peers {
			sizes[popularity.draw(rng)]++
		}
	}
	p.torrent = make([]uint32, 0, peers)
	for t, n := range sizes {
		for range n {
			p.torrent = append(p.torrent, uint32(t))
		}
		sizes[t] += p.starts[t]
	}
}

func (p *population) peers() int    { return len(p.torrent) }
func (p *population) torrents() int { return len(p.starts) - 1 }

// hash returns the info hash of a torrent.
func (p *population) hash(torrent uint32) (h [20]byte) {
	x := mix64(p.key + uint64(torrent)<<2)
	binary.LittleEndian.PutUint64(h[:], x)
	binary.LittleEndian.PutUint64(h[8:], mix64(x+1))
	binary.LittleEndian.PutUint32(h[16:], uint32(mix64(x+2)))
	return h
}

// peerID returns the peer id of a peer.
func (p *population) peerID(peer uint32) (id [20]byte) {
	copy(id[:], "-LD0100-")
	const digits = "0123456789abcdefghijklmnopqrstuv"
	x := mix64(p.key ^ uint64(peer)<<1 ^ 1)
	for i := 8; i < len(id); i++ {
		id[i] = digits[x&31]
		x >>= 5
	}
	return id
}

// seed tells whether a peer has everything.
func (p *population) seed(peer uint32) bool {
	return mix64(p.key^uint64(peer)<<1) < p.seeds
}

// source returns the number of a peer's address.
func (p *population) source(peer uint32) int { return int(peer) % p.sources.count }

// port returns the port that a peer announces.
func (p *population) port(peer uint32) uint16 {
	return uint16(firstPort + int(peer)/p.sources.count)
}

// peerAt returns who announces a port from a source.
func (p *population) peerAt(source int, port uint16) (peer uint32, ok bool) {
	i := (int(port)-firstPort)*p.sources.count + source
	return uint32(i), port >= firstPort && i < p.peers()
}

// at returns the address and port of a peer.
func (p *population) at(peer uint32) netip.AddrPort {
	return netip.AddrPortFrom(p.sources.addr(p.source(peer)), p.port(peer))
}

// ofSource returns how many peers a source has.
func (p *population) ofSource(source int) int {
	return (p.peers() - source + p.sources.count - 1) / p.sources.count
}

// mix64 is the finaliser of splitmix64 (Steele, Lea, Flood, OOPSLA 2014).
func mix64(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// share64 returns the bound that a share of all 64-bit numbers is below.
func share64(share float64) uint64 {
	if share >= 1 {
		return math.MaxUint64
	}
	return uint64(share * (1 << 64))
}

package live

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"time"
)

// Peer is one client: where it stands, how fast it is, and when it comes.
type Peer struct {
	Addr netip.Addr // of 127/8, for Run
	PID  int        // from 1
	Seed bool       // has the content from the start

	// UploadRate and DownloadRate are in bytes a second; 0 means that nothing bounds
	// the client.
	UploadRate, DownloadRate int64

	// Arrive is when it joins, from the start. Seeds are there before.
	Arrive time.Duration
}

// Address returns the address of the n-th client of a PID; both count from 1.
func Address(pid, n int) netip.Addr { return netip.AddrFrom4([4]byte{127, 0, byte(pid), byte(n)}) }

// Prefix returns the prefix that holds the clients of a PID, and no others.
func Prefix(pid int) netip.Prefix { return netip.PrefixFrom(Address(pid, 0), 24) }

// loopback is the addresses that the clients of this package may have.
var loopback = netip.MustParsePrefix("127.0.0.0/8")

// Plan returns the scenario with what it leaves out, its Peers among that: clients of
// whatever kind may act it out. Peers have addresses of room, which is at least as wide
// as 16 bits; those that it makes are of its first 16, by PID and number as those of
// [Address].
func (s Scenario) Plan(room netip.Prefix) (Scenario, error) {
	s = s.withDefaults()
	if err := s.check(room); err != nil {
		return s, err
	}
	if s.Peers == nil {
		s.Peers = s.peers()
		base := room.Addr().As4()
		for i := range s.Peers {
			at := s.Peers[i].Addr.As4()
			s.Peers[i].Addr = netip.AddrFrom4([4]byte{base[0], base[1], at[2], at[3]})
		}
	}
	return s, nil
}

// peers lists the clients: those given, or all alike, by PID, and within it by address.
func (s Scenario) peers() []Peer {
	if s.Peers != nil {
		return s.Peers
	}
	var all []Peer
	var leechers []int
	for pid := 1; pid <= s.PIDs; pid++ {
		for n := 1; n <= s.PeersPerPID; n++ {
			rank := (n-1)*s.PIDs + pid // among the candidates for seeds
			if rank > s.Seeds {
				leechers = append(leechers, len(all))
			}
			all = append(all, Peer{
				Addr: Address(pid, n), PID: pid, Seed: rank <= s.Seeds,
				UploadRate: s.UploadRate, DownloadRate: s.DownloadRate,
			})
		}
	}
	rng := rand.New(rand.NewPCG(s.Seed, 0))
	rng.Shuffle(len(leechers), func(i, j int) { leechers[i], leechers[j] = leechers[j], leechers[i] })
	for rank, i := range leechers {
		all[i].Arrive = s.Arrivals * time.Duration(rank) / time.Duration(len(leechers))
	}
	return all
}

func (s Scenario) checkPeers(room netip.Prefix) error {
	owners := make(map[netip.Addr]int, len(s.Peers))
	seeds := 0
	for i, p := range s.Peers {
		if p.Seed {
			seeds++
		}
		other, taken := owners[p.Addr]
		switch {
		case !room.Contains(p.Addr):
			return fmt.Errorf("Scenario.Peers[%d].Addr is %v, want one of %v", i, p.Addr, room)
		case taken:
			return fmt.Errorf("Scenario.Peers[%d].Addr %v is that of Peers[%d]", i, p.Addr, other)
		case p.PID < 1 || p.PID > s.PIDs:
			return fmt.Errorf("Scenario.Peers[%d].PID is %d, want 1 to %d", i, p.PID, s.PIDs)
		case p.UploadRate < 0 || p.DownloadRate < 0 || p.Arrive < 0:
			return fmt.Errorf("Scenario.Peers[%d]: UploadRate, DownloadRate or Arrive is negative", i)
		}
		owners[p.Addr] = i
	}
	if seeds == 0 || seeds == len(s.Peers) {
		return errors.New("Scenario.Peers: want at least one Seed, and one that is none")
	}
	return s.checkContent()
}

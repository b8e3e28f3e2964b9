package live

import (
	"errors"
	"fmt"
	"math/bits"
	"net/netip"
	"net/url"
	"time"
)

// ErrUntil is why a run ended before all were complete, if Scenario.Until was.
var ErrUntil = errors.New("the time of the scenario is up")

// Scenario is one download by a whole swarm.
type Scenario struct {
	// Tracker is the announce URL: udp, http or https. Required.
	Tracker string

	// PIDs is how many networks there are, PeersPerPID how many clients, seeds
	// among them, each one has: 1 to 254. Required, PeersPerPID unless there are Peers.
	PIDs, PeersPerPID int
	// Peers is the clients if they differ. PeersPerPID, Seeds, UploadRate,
	// DownloadRate and Arrivals are not used then. Those without the content are
	// listed in any order, each with an address of its own.
	Peers []Peer

	// Seeds is how many clients have the content from the start: the first one of
	// PID 1, of PID 2 and so on. 0 means 1.
	Seeds int

	// FileBytes is the size of the content; 0 means 16 MiB.
	FileBytes int64

	// PieceBytes is the size of its pieces, a power of two from 16 KiB; 0 means
	// 64 KiB. Large pieces make a swarm depend on its seeds for longer.
	PieceBytes int64

	// UploadRate and DownloadRate bound each client, in bytes a second; 0 means
	// that nothing does.
	UploadRate, DownloadRate int64

	// Connections is how many peers a client is connected to at most; 0 means 50.
	Connections int

	// Delay is how long bytes are on their way from a PID to another; nil means not
	// at all. It is asked about each connection once.
	Delay func(from, to int) time.Duration
	// SampleAt is when it is noted who is connected with whom, from the first
	// arrival; 0 means never. Bin is how long the bins of Result.Bins are; 0 means that
	// there is one, the whole run.
	SampleAt, Bin time.Duration
	// Until ends the run, from the first arrival; 0 means that only ctx does.
	Until time.Duration
	// Arrivals is the time over which those without the content join, at even
	// distances; 0 means that all join at once.
	Arrivals time.Duration

	// Public leaves out the torrent's private mark (BEP 27) and lets clients tell
	// each other of peers (PEX, BEP 11), which undoes what a tracker chose.
	Public bool

	// Seed varies the content, and with it the info hash, and the order of
	// arrivals.
	Seed uint64
}

func (s Scenario) withDefaults() Scenario {
	if s.Seeds == 0 {
		s.Seeds = 1
	}
	if s.FileBytes == 0 {
		s.FileBytes = 16 << 20
	}
	if s.PieceBytes == 0 {
		s.PieceBytes = 64 << 10
	}
	if s.Connections == 0 {
		s.Connections = 50
	}
	return s
}

func (s Scenario) check(room netip.Prefix) error {
	u, err := url.Parse(s.Tracker)
	if err != nil {
		return fmt.Errorf("Scenario.Tracker: %w", err)
	}
	switch {
	case u.Scheme != "udp" && u.Scheme != "http" && u.Scheme != "https":
		return fmt.Errorf("Scenario.Tracker %q: want a URL of udp, http or https", s.Tracker)
	case u.Host == "":
		return fmt.Errorf("Scenario.Tracker %q: no host", s.Tracker)
	case u.User != nil:
		return errors.New("Scenario.Tracker: has a user, which the client library cannot send")
	case u.String() != s.Tracker:
		return fmt.Errorf("Scenario.Tracker %q: the client library wants it spelt %q", s.Tracker, u)
	case s.PIDs < 1 || s.PIDs > 254:
		return fmt.Errorf("Scenario.PIDs is %d, want 1 to 254", s.PIDs)
	case s.Peers != nil:
		return s.checkPeers(room)
	case s.PeersPerPID < 1 || s.PeersPerPID > 254:
		return fmt.Errorf("Scenario.PeersPerPID is %d, want 1 to 254", s.PeersPerPID)
	case s.Seeds < 1 || s.Seeds >= s.PIDs*s.PeersPerPID:
		return fmt.Errorf("Scenario.Seeds is %d, want at least 1 and fewer than the %d clients", s.Seeds, s.PIDs*s.PeersPerPID)
	case s.UploadRate < 0 || s.DownloadRate < 0:
		return errors.New("Scenario.UploadRate or Scenario.DownloadRate is negative")
	case s.Arrivals < 0:
		return fmt.Errorf("Scenario.Arrivals is %v, want 0 or more", s.Arrivals)
	}
	return s.checkContent()
}

func (s Scenario) checkContent() error {
	switch {
	case s.FileBytes < 1:
		return fmt.Errorf("Scenario.FileBytes is %d, want at least 1", s.FileBytes)
	case s.PieceBytes < chunkBytes || bits.OnesCount64(uint64(s.PieceBytes)) != 1:
		return fmt.Errorf("Scenario.PieceBytes is %d, want a power of two from %d", s.PieceBytes, chunkBytes)
	case s.Connections < 1:
		return fmt.Errorf("Scenario.Connections is %d, want at least 1", s.Connections)
	case s.SampleAt < 0 || s.Bin < 0 || s.Until < 0:
		return errors.New("Scenario.SampleAt, Scenario.Bin or Scenario.Until is negative")
	}
	return nil
}

// distance returns how far others are from a PID.
func (s Scenario) distance(pid int, clients directory) func(to netip.Addr) (there, back time.Duration) {
	peers := s.peers()
	return func(to netip.Addr) (there, back time.Duration) {
		i, ok := clients[to]
		if s.Delay == nil || !ok {
			return 0, 0
		}
		return s.Delay(pid, peers[i].PID), s.Delay(peers[i].PID, pid)
	}
}

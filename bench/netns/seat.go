package netns

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"github.com/altracker/altracker/bench/live"
)

// seat is where one client runs, and what it is told.
type seat struct {
	live.Peer
	program Program
	space   space
	name    string // for people and files
	folder  string // where its content is, or will be
	torrent string // file

	connections, slots int
	interval           time.Duration
	public             bool
	python             string
}

// file is the content.
func (s *seat) file() string { return filepath.Join(s.folder, "content") }

// state is what a client says of itself.
type state struct {
	Begun    bool         // has a piece
	Complete bool         // and has verified it
	Sent     int64        // payload
	Received int64        // payload, or what it has verified of it
	Peers    []netip.Addr // whom it is connected with
}

// client is a program that runs.
type client interface {
	state(ctx context.Context) (state, error) // an error while it is not ready
	join(ctx context.Context) error           // gets the torrent, and begins
	process() *process
	close()
}

// begin starts the seat's program, which does not know of the torrent yet.
func (l *Lab) begin(s *seat) (client, error) {
	switch s.program {
	case Transmission:
		return l.transmission(s)
	case Aria2:
		return l.aria2(s)
	case Libtorrent:
		return l.libtorrent(s)
	}
	return nil, fmt.Errorf("no such program: %v", s.program)
}

// Deal gives each of n clients a program: as many of each as can be, in an order that the
// seed draws.
func Deal(programs []Program, n int, seed uint64) []Program {
	dealt := make([]Program, n)
	for i, at := range rand.New(rand.NewPCG(seed, 1)).Perm(n) {
		dealt[at] = programs[i%len(programs)]
	}
	return dealt
}

// sit makes the namespace of the n-th client, and its folder, with the content if it is a
// seed.
func (l *Lab) sit(ctx context.Context, n int, p live.Peer, program Program, s live.Scenario, torrent string, content []byte) (*seat, error) {
	at, err := l.join(ctx, n, p.Addr, p.UploadRate, p.DownloadRate)
	if err != nil {
		return nil, err
	}
	name := fmt.Sprintf("%v-%v", program, p.Addr)
	seat := &seat{
		Peer: p, program: program, space: at, name: name, folder: filepath.Join(l.work, name), torrent: torrent,
		connections: s.Connections, slots: l.config.Slots, interval: l.config.Interval, public: s.Public, python: l.python,
	}
	if err := os.Mkdir(seat.folder, 0o700); err != nil || !p.Seed {
		return seat, err
	}
	return seat, os.WriteFile(seat.file(), content, 0o600)
}

package trackertest

import (
	"errors"
	"net"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/altracker/altracker/tracker"
	"github.com/altracker/altracker/tracker/swarm"
)

// Frontend is what the script is played through.
type Frontend struct {
	// AllFamilies tells that the frontend asks for, and passes on, peers of both
	// address families.
	AllFamilies bool

	// Serve serves h on loopback, over IPv4 and IPv6, until the test ends, and
	// returns a client that talks to it.
	Serve func(t *testing.T, h tracker.Handler) Client
}

// Run plays the script at a handler and, through f, at another new one, and
// demands the same answers, which must be those that the script expects.
func Run(t *testing.T, f Frontend, newHandler func() tracker.Handler) {
	straight := direct{handler: gate{newHandler()}, allFamilies: f.AllFamilies}
	through := f.Serve(t, gate{newHandler()})
	steps := steps4
	if loopback6() {
		steps = slices.Concat(steps4, steps6)
	} else {
		t.Log("no IPv6 on the loopback interface: its part of the script is left out")
	}
	for _, s := range steps {
		t.Run(s.name, func(t *testing.T) {
			want := play(t, straight, s)
			expect(t, s, want, f.AllFamilies)
			if got := play(t, through, s); !reflect.DeepEqual(got, want) {
				t.Errorf("the frontend answers %+v, the handler %+v", got, want)
			}
		})
	}
	t.Run("scrape", func(t *testing.T) { sameCounts(t, straight, through) })
	t.Run("failures are passed on", func(t *testing.T) { refusals(t, through) })
}

func play(t *testing.T, c Client, s step) Answer {
	t.Helper()
	a, err := c.Announce(t, s.request())
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// expect compares what the handler answered with what the script says.
func expect(t *testing.T, s step, got Answer, allFamilies bool) {
	t.Helper()
	want := Answer{Interval: got.Interval, Complete: s.complete, Incomplete: s.incomplete}
	want.Peers = append(want.Peers, s.peers...)
	if allFamilies {
		want.Peers = append(want.Peers, s.others...)
	}
	SortPeers(want.Peers)
	if !reflect.DeepEqual(got, want) || got.Interval <= 0 {
		t.Errorf("the handler answers %+v, want %+v", got, want)
	}
}

func sameCounts(t *testing.T, straight, through Client) {
	hashes := []swarm.InfoHash{unknown, lively} // not in the order of their bytes
	want, err := straight.Scrape(t, hashes)
	if err != nil {
		t.Fatal(err)
	}
	if want[0] != (swarm.Counts{}) || want[1].Downloaded != 1 || want[1].Leechers != 1 {
		t.Errorf("the handler counts %+v", want)
	}
	got, err := through.Scrape(t, hashes)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got, want) {
		t.Errorf("have %+v, want %+v", got, want)
	}
}

func refusals(t *testing.T, through Client) {
	for _, c := range []struct {
		hash swarm.InfoHash
		want string
	}{
		{banned, string(failBanned)},
		{breaking, "internal error"},
	} {
		_, err := through.Announce(t, step{from: anna, hash: c.hash, numWant: 50}.request())
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), errSecret.Error()) {
			t.Errorf("announce of %q: have error %v, want %q", c.hash, err, c.want)
		}
	}
	if _, err := through.Announce(t, step{from: anna, hash: lively, left: 60, numWant: 50}.request()); err != nil {
		t.Errorf("an announce after refused ones: %v", err)
	}
}

const failBanned = tracker.Failure("not a torrent of this tracker")

var errSecret = errors.New("secret of the house")

// gate refuses two swarms, one with words for the client, one without.
type gate struct{ tracker.Handler }

func (g gate) Announce(r *tracker.AnnounceRequest, a *tracker.AnnounceResponse) error {
	switch r.InfoHash {
	case banned:
		return failBanned
	case breaking:
		return errSecret
	}
	return g.Handler.Announce(r, a)
}

func loopback6() bool {
	l, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		return false
	}
	l.Close()
	return true
}

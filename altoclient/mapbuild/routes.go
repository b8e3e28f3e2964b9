package mapbuild

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/netip"

	"github.com/altracker/altracker/altoclient/asgraph"
	"github.com/altracker/altracker/altoclient/mrt"
)

// routes collects what dumps say: the origins of prefixes, and links.
type routes struct {
	votes    map[netip.Prefix][]vote
	links    *asgraph.Builder
	peers    map[mrt.Peer]bool
	dumps    int
	several  int // prefixes of several origins (MOAS)
	ties     int // of those, prefixes where no origin has most votes
	defaults int // default routes, which say nothing of where addresses are
	unknown  int // prefixes of which no path tells the origin
}

// A vote is how many routes come from an origin.
type vote struct {
	origin uint32
	count  int
}

func newRoutes(links *asgraph.Builder) *routes {
	return &routes{votes: make(map[netip.Prefix][]vote), links: links, peers: make(map[mrt.Peer]bool)}
}

// read reads a dump, which adds up with those read before.
func (r *routes) read(ctx context.Context, file string) error {
	return readUnpacked(file, func(unpacked *bufio.Reader) error {
		dump := mrt.NewReader(unpacked)
		found := false
		for ctx.Err() == nil {
			rib, err := dump.Next()
			if errors.Is(err, io.EOF) {
				if !found {
					return fmt.Errorf("%s: there is no route in it, of %d records skipped; want TABLE_DUMP_V2 (RFC 6396)", file, dump.Skipped())
				}
				r.dumps++
				return nil
			}
			if err != nil {
				return fmt.Errorf("%s: %w", file, err)
			}
			found = true
			r.take(rib)
		}
		return context.Cause(ctx)
	})
}

// take takes in the routes to one prefix. Every route has a vote; links are taken
// from all of them, those to everywhere included.
func (r *routes) take(rib *mrt.RIB) {
	votes := r.votes[rib.Prefix]
	for _, e := range rib.Entries {
		r.peers[e.Peer] = true
		for a, b := range e.Path.Links() {
			r.links.Link(a, b)
		}
		if origin := e.Path.Origin(e.Peer.AS); origin != 0 {
			votes = add(votes, origin)
		}
	}
	if rib.Prefix.Bits() == 0 {
		r.defaults++
		return
	}
	r.votes[rib.Prefix] = votes
}

func add(votes []vote, origin uint32) []vote {
	for i := range votes {
		if votes[i].origin == origin {
			votes[i].count++
			return votes
		}
	}
	return append(votes, vote{origin, 1})
}

// origins yields the origin of each prefix: the one that most routes come from,
// and of those with equally many the one with the lowest AS number.
func (r *routes) origins() iter.Seq2[netip.Prefix, uint32] {
	r.several, r.ties, r.unknown = 0, 0, 0
	return func(yield func(netip.Prefix, uint32) bool) {
		for prefix, votes := range r.votes {
			if len(votes) == 0 {
				r.unknown++
				continue
			}
			best, tie := elect(votes)
			if len(votes) > 1 {
				r.several++
			}
			if tie {
				r.ties++
			}
			if !yield(prefix, best) {
				return
			}
		}
	}
}

func elect(votes []vote) (origin uint32, tie bool) {
	best := votes[0]
	for _, v := range votes[1:] {
		switch {
		case v.count > best.count:
			best, tie = v, false
		case v.count == best.count:
			tie = true
			best.origin = min(best.origin, v.origin)
		}
	}
	return best.origin, tie
}

// describe notes what was read, after origins.
func (r *routes) describe(d *draft) {
	if r.dumps == 0 {
		return
	}
	d.note("routes: %d prefixes; peers: %d; dumps: %d", len(r.votes), len(r.peers), r.dumps)
	if r.several > 0 {
		d.note("prefixes of several origins (MOAS): %d, in the AS that most routes come from; %d of them by the lowest AS number, as votes were equal", r.several, r.ties)
	}
	if r.unknown > 0 {
		d.note("prefixes without a known origin, left out: %d", r.unknown)
	}
	if r.defaults > 0 {
		d.note("default routes, left out: %d", r.defaults)
	}
}

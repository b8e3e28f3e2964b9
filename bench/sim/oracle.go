package sim

import (
	"math"
	"net/netip"
	"slices"
	"time"

	"github.com/altracker/altracker/tracker"
)

// OracleConfig shapes an [Oracle].
type OracleConfig struct {
	Peers []Peer // of the run: the future is known

	// External is how many connections to other places each place shall have, spread
	// over its peers. A peer that is alone has them all. 0 means twice as many as each
	// peer has at home, at least 12: 80 for a place of more than 40 peers.
	External float64

	// Cost is what traffic between places costs; nil means the same for all.
	Cost func(from, to int) float64

	Interval time.Duration // between announces; 0 means 30 minutes
	Seed     uint64
}

// oracle is a tracker that knows more than a tracker can: who will be there, and what
// everybody was told.
//
// What it aims at follows from how clients share: what a peer receives comes from its
// neighbours about alike. A place of n peers of degree d that needs one copy in n, the
// others being made at home, is to have a share of 1/n of its connections, of which
// it has n*d, outside: d of them, however many peers there are. Twice as many cost few
// bytes and keep imports from being what a place waits for. They are spread, so that it
// does not wait for a single access line either.
type oracle struct {
	c       OracleConfig
	chance  chance
	numbers map[netip.AddrPort]int32
	peers   []told
	home    [][]int32         // by place: peers present
	present []int32           // all of them
	sources []int32           // those of them that are complete
	coming  [][]time.Duration // by place: when its peers arrive, in order
	gone    []int             // by place: peers that have left
}

// told is what the oracle knows of a peer.
type told struct {
	present, complete bool
	quota             float64 // of connections outside
	outside           []int32 // peers elsewhere that it was introduced to, or that were to it
}

// An oracle counts those as there who arrive within a horizon, and sees to it that a
// place has a least number of links outside whenever somebody of it asks.
const (
	oracleHorizon = 5 * time.Minute
	oracleLeast   = 3
	oracleAlone   = 12
	oracleDegree  = 40 // of a peer that has as many neighbours as it wants
	oracleTrials  = 4  // candidates for a connection outside, of which the cheapest is taken
)

// Oracle returns a tracker with global knowledge, to compare others with.
func Oracle(c OracleConfig) Tracker {
	or(&c.Interval, 30*time.Minute)
	o := &oracle{c: c, chance: newChance(c.Seed, -1), numbers: map[netip.AddrPort]int32{}, peers: make([]told, len(c.Peers))}
	for i, p := range c.Peers {
		o.numbers[p.Addr] = int32(i)
		for len(o.home) <= p.Place {
			o.home, o.coming, o.gone = append(o.home, nil), append(o.coming, nil), append(o.gone, 0)
		}
		o.coming[p.Place] = append(o.coming[p.Place], p.Arrive)
	}
	for _, times := range o.coming {
		slices.Sort(times)
	}
	return o
}

// Tick implements [Tracker].
func (o *oracle) Tick(time.Time) {}

// Announce implements [Tracker].
func (o *oracle) Announce(req *tracker.AnnounceRequest, resp *tracker.AnnounceResponse) error {
	x, ok := o.numbers[req.Addr]
	if !ok {
		return tracker.Failure("unknown to the oracle")
	}
	resp.Interval, resp.MinInterval = o.c.Interval, o.c.Interval/2
	if p := &o.peers[x]; req.Left == 0 && !p.complete {
		p.complete = true
		o.sources = append(o.sources, x)
	}
	if req.Event == tracker.Stopped {
		o.forget(x)
		return nil
	}
	o.enter(x)
	o.link(x, req.Now)
	for _, y := range o.peers[x].outside {
		o.name(y, resp)
	}
	o.nameHome(x, req.NumWant-len(o.peers[x].outside), resp)
	return nil
}

func (o *oracle) enter(x int32) {
	if p := &o.peers[x]; !p.present {
		p.present = true
		place := o.c.Peers[x].Place
		o.home[place] = append(o.home[place], x)
		o.present = append(o.present, x)
	}
}

func (o *oracle) forget(x int32) {
	p := &o.peers[x]
	p.present = false
	for _, y := range p.outside {
		o.peers[y].outside = without(o.peers[y].outside, x)
	}
	p.outside = nil
	place := o.c.Peers[x].Place
	o.gone[place]++
	o.home[place] = without(o.home[place], x)
	o.present = without(o.present, x)
	o.sources = without(o.sources, x)
}

func without(list []int32, x int32) []int32 {
	if i := slices.Index(list, x); i >= 0 {
		list[i] = list[len(list)-1]
		list = list[:len(list)-1]
	}
	return list
}

// link gives x its share of the links that its place shall have.
func (o *oracle) link(x int32, now time.Time) {
	want := o.share(x, now)
	for range 4 * want {
		if len(o.peers[x].outside) >= want {
			return
		}
		if y := o.partner(x); y >= 0 {
			o.peers[x].outside = append(o.peers[x].outside, y)
			o.peers[y].outside = append(o.peers[y].outside, x)
		}
	}
}

// share is how many links outside a peer shall have.
func (o *oracle) share(x int32, now time.Time) int {
	place := o.c.Peers[x].Place
	due, _ := slices.BinarySearch(o.coming[place], now.Sub(epoch)+oracleHorizon)
	peers := float64(max(1, due-o.gone[place]))
	external := o.c.External
	if external == 0 {
		external = max(oracleAlone, 2*min(peers-1, oracleDegree))
	}
	each := external / peers
	o.peers[x].quota = each
	if o.peers[x].complete {
		o.peers[x].quota = max(each, oracleDegree)
	}
	want := int(math.Floor(each/2 + o.chance.unit())) // each link is somebody else's, too
	links := 0
	for _, y := range o.home[place] {
		links += len(o.peers[y].outside)
	}
	if links < oracleLeast {
		want = max(want, oracleLeast-links)
	}
	return want
}

// partner returns a peer elsewhere for x to be linked to, or -1: of a few candidates, one
// of them complete, the one that costs least and has fewest links for its quota. What
// complete peers send elsewhere is what has to be imported anyway, so theirs is large.
func (o *oracle) partner(x int32) int32 {
	best, least := int32(-1), math.Inf(1)
	place := o.c.Peers[x].Place
	for n := range oracleTrials {
		from := o.present
		if n == 0 && len(o.sources) > 0 {
			from = o.sources
		}
		y := from[o.chance.below(len(from))]
		if o.c.Peers[y].Place == place || o.c.Peers[y].Unreachable && o.c.Peers[x].Unreachable ||
			o.peers[x].complete && o.peers[y].complete || slices.Contains(o.peers[x].outside, y) {
			continue
		}
		cost := 1.0
		if o.c.Cost != nil {
			cost = o.c.Cost(o.c.Peers[y].Place, place)
		}
		if cost *= float64(1+len(o.peers[y].outside)) / o.peers[y].quota; cost < least {
			best, least = y, cost
		}
	}
	return best
}

// nameHome names up to n random peers of x's place.
func (o *oracle) nameHome(x int32, n int, resp *tracker.AnnounceResponse) {
	home := o.home[o.c.Peers[x].Place]
	for i := 0; i < len(home) && n > 0; i++ {
		j := i + o.chance.below(len(home)-i)
		home[i], home[j] = home[j], home[i]
		if home[i] != x {
			o.name(home[i], resp)
			n--
		}
	}
}

func (o *oracle) name(y int32, resp *tracker.AnnounceResponse) {
	addr := o.c.Peers[y].Addr
	port := [2]byte{byte(addr.Port() >> 8), byte(addr.Port())}
	if ip := addr.Addr(); ip.Is4() {
		b := ip.As4()
		resp.Peers = append(append(resp.Peers, b[:]...), port[:]...)
	} else {
		b := ip.As16()
		resp.Peers6 = append(append(resp.Peers6, b[:]...), port[:]...)
	}
}

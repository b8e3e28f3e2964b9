package load

import "sync/atomic"

// presence follows who has left, so that a reply which still holds them is noticed.
// It is nil if nobody is asked to leave.
//
// A peer belongs to one worker, which alone writes its entry; all read it.
type presence struct {
	// gone is when a peer's leaving was confirmed, in milliseconds of the
	// generator's clock, rounded up, plus 1; 0 for one that is there.
	gone []atomic.Uint32

	// busy has a peer whose request is under way: it is asked for nothing else,
	// because the tracker may take two requests in either order.
	busy []bool
}

func newPresence(c Config) *presence {
	if c.Mix[stopped] == 0 {
		return nil
	}
	return &presence{gone: make([]atomic.Uint32, c.Peers), busy: make([]bool, c.Peers)}
}

const millisecond = 1_000_000

// left tells whether the tracker had confirmed that a peer left before a request
// was sent.
func (p *presence) left(peer uint32, sent int64) bool {
	gone := p.gone[peer].Load()
	return gone != 0 && int64(gone) <= sent/millisecond
}

// ask readies a peer for a request, or tells that another is under way. A peer that
// has left has to start again.
func (p *presence) ask(peer uint32, k kind) (kind, bool) {
	if p.busy[peer] {
		return k, false
	}
	p.busy[peer] = true
	if p.gone[peer].Load() != 0 {
		p.gone[peer].Store(0)
		return started, true
	}
	return k, true
}

// answered ends the request of a peer; a lost one too, of which nobody knows
// whether it was carried out.
func (p *presence) answered(x *exchange, now int64, confirmed bool) {
	p.busy[x.peer] = false
	if confirmed && x.kind == stopped {
		p.gone[x.peer].Store(uint32(now/millisecond) + 2)
	}
}

package load

// recorder is what every worker does with what it hears, by whatever way. It
// belongs to one worker.
type recorder struct {
	tally  tally
	check  checker
	window window
}

func newRecorder(g *Generator, w window) *recorder {
	r := &recorder{tally: newTally(), window: w}
	r.check = newChecker(g, &r.tally)
	return r
}

// send notes a request that is on its way.
func (r *recorder) send(x *exchange) {
	if r.window.holds(x.due) {
		r.tally.sent++
	}
}

// arrive notes a reply of any content, and tells whether its request counts.
func (r *recorder) arrive(x *exchange, now int64) bool {
	if !r.window.holds(x.due) {
		return false
	}
	r.tally.record(now - x.due)
	return true
}

// announced takes the reply to an announce.
func (r *recorder) announced(x *exchange, a *reply, now int64) {
	counts := r.arrive(x, now)
	peers, possible := r.check.announce(x, a)
	if r.check.presence != nil {
		r.check.presence.answered(x, now, true)
	}
	if !counts {
		return
	}
	r.tally.answered[x.kind]++
	if x.kind == stopped {
		return
	}
	r.tally.announced++
	r.tally.peers += int64(peers)
	r.tally.possible += int64(possible)
}

// other takes the reply to what is no announce, checked by the caller.
func (r *recorder) other(x *exchange, now int64) {
	if r.arrive(x, now) {
		r.tally.answered[x.kind]++
	}
}

// refused takes an error that the tracker answered with.
func (r *recorder) refused(x *exchange, text []byte, now int64) {
	r.end(x, now)
	r.tally.refuse(text)
	if r.arrive(x, now) {
		r.tally.failed++
	}
}

// spoilt takes a reply that is none.
func (r *recorder) spoilt(x *exchange, now int64, p problem, format string, args ...any) {
	r.end(x, now)
	r.tally.blame(p, format, args...)
	if r.arrive(x, now) {
		r.tally.failed++
	}
}

// lose takes a request that is given up.
func (r *recorder) lose(x *exchange, now int64) {
	r.end(x, now)
	if r.window.holds(x.due) {
		r.tally.lost++
	}
}

// end frees the peer of a request that was not carried out, as far as is known.
func (r *recorder) end(x *exchange, now int64) {
	if r.check.presence != nil && x.kind.announces() {
		r.check.presence.answered(x, now, false)
	}
}

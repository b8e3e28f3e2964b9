package httploop

import "time"

// sweepPeriod is how often deadlines are looked at: connections are closed late by a
// quarter of the shortest timeout, and by a second at most.
func sweepPeriod(cfg *Config) time.Duration {
	shortest := min(cfg.ReadTimeout, cfg.WriteTimeout, cfg.IdleTimeout)
	return min(max(shortest/4, time.Millisecond), time.Second)
}

// patience returns how long to wait for events, in milliseconds; -1 is for ever.
func (w *worker) patience() int {
	switch {
	case len(w.again) > 0:
		return 0
	case w.open == 0 && !w.paused:
		return -1
	}
	wait := w.nextSweep - w.clock
	if w.paused {
		wait = min(wait, w.retry-w.clock)
	}
	return max(0, int((wait+time.Millisecond-1)/time.Millisecond))
}

// tick reads the clock, once for all that has come together.
func (w *worker) tick() {
	now := time.Now()
	w.clock = now.Sub(w.birth)
	if w.now = now; w.config.Now != nil {
		w.now = w.config.Now()
	}
}

// keepTime does what is due.
func (w *worker) keepTime() {
	if w.paused && w.clock >= w.retry {
		w.unpause()
	}
	if w.clock >= w.nextSweep {
		w.nextSweep = w.clock + w.period
		w.sweep()
	}
}

// sweep closes the connections whose time is over. It looks at all of them, which
// for 10,000 takes some ten microseconds, so that serving a request moves nothing in
// any order of deadlines.
func (w *worker) sweep() {
	for i := range w.conns {
		if c := &w.conns[i]; c.fd >= 0 && c.deadline <= w.clock {
			w.stats.expired.Add(1)
			w.close(int32(i))
		}
	}
}

package load

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/altracker/altracker/bench/load/machine"
)

// spending is what a measurement took.
type spending struct {
	seconds     float64
	own, server time.Duration // processor time
	after       machine.Usage // of the server, at the end
}

// watch reads the meters at both ends of a window, or when ctx is done.
func (g *Generator) watch(ctx context.Context, w window) (s spending, err error) {
	if !g.sleepUntil(ctx, w.from) {
		return s, nil
	}
	from, own, server, err := g.meters()
	if err != nil {
		return s, err
	}
	g.sleepUntil(ctx, w.until)
	until, ownAfter, serverAfter, err := g.meters()
	if err != nil {
		return s, fmt.Errorf("it ended under load: %w", err)
	}
	s.seconds = time.Duration(until - from).Seconds()
	s.own, s.server = ownAfter.CPU()-own.CPU(), serverAfter.CPU()-server.CPU()
	s.after = serverAfter
	return s, nil
}

func (g *Generator) sleepUntil(ctx context.Context, t int64) bool {
	timer := time.NewTimer(time.Duration(t - g.clock()))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// meters reads the clock and what this process and the server have used. Where there
// is no way to tell the former, it is 0.
func (g *Generator) meters() (now int64, own, server machine.Usage, err error) {
	own, _ = machine.Of(os.Getpid())
	if g.config.PID != 0 {
		server, err = machine.Of(g.config.PID)
	}
	return g.clock(), own, server, err
}

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
	replies     int64
	own, server time.Duration // processor time
	after       machine.Usage // of the server, at the end
}

// watch tells what was spent in a window, or until ctx is done. The meters were read before
// any worker began; where it warms up they are read again when the window opens.
func (g *Generator) watch(ctx context.Context, w window, from meters) (s spending, err error) {
	if g.config.Warmup > 0 {
		if !g.sleepUntil(ctx, w.from) {
			return s, nil
		}
		if from, err = g.readMeters(); err != nil {
			return s, err
		}
	}
	g.sleepUntil(ctx, w.until)
	until, err := g.readMeters()
	if err != nil {
		return s, fmt.Errorf("it ended under load: %w", err)
	}
	return spending{
		seconds: time.Duration(until.time - from.time).Seconds(),
		replies: until.replies - from.replies,
		own:     until.own.CPU() - from.own.CPU(),
		server:  until.server.CPU() - from.server.CPU(),
		after:   until.server,
	}, nil
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

// meters is what there is to read at one moment. Replies are counted beside the
// processor time: on a busy machine the reader may come late, but for both.
type meters struct {
	time, replies int64
	own, server   machine.Usage
}

// readMeters reads all. Where there is no way to tell what this process has used,
// that is 0.
func (g *Generator) readMeters() (m meters, err error) {
	m.own, _ = machine.Of(os.Getpid())
	if g.config.PID != 0 {
		m.server, err = machine.Of(g.config.PID)
	}
	m.time, m.replies = g.clock(), g.Answers()
	return m, err
}

func ended(ctx context.Context) bool { return ctx.Err() != nil }

package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/altracker/altracker/bench/load"
	series "github.com/altracker/altracker/bench/run"
)

// watch tells a person at a terminal how a fill goes, until the returned function is
// called.
func watch(env environment, g *load.Generator, peers int) (stop func()) {
	file, ok := env.err.(*os.File)
	if !ok || !terminal(file) {
		return func() {}
	}
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		ticker := time.NewTicker(500 * time.Millisecond)
		defer ticker.Stop()
		for {
			select {
			case <-done:
				fmt.Fprint(file, "\r\x1b[K") // the line is gone again
				return
			case <-ticker.C:
				fmt.Fprintf(file, "\raltbench: %d of %d peers announced", min(g.Answers(), int64(peers)), peers)
			}
		}
	}()
	return func() {
		close(done)
		<-ended
	}
}

func terminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// progress tells how a series of runs goes: a bar on a terminal, a line for each run that
// ended elsewhere.
type progress struct {
	out      io.Writer
	terminal bool
	drawn    time.Time
}

func newProgress(out io.Writer) *progress {
	file, ok := out.(*os.File)
	return &progress{out: out, terminal: ok && terminal(file)}
}

// barWidth is the columns of the bar itself.
const barWidth = 30

func (p *progress) runs(now series.Progress) {
	if r := now.Last; r != nil && !p.terminal {
		fmt.Fprintf(p.out, "altbench: %d of %d: %s, %s, seed %d: %.0f s\n", now.Ended, now.Runs, r.Scenario, r.Policy, r.Seed, r.WallSeconds)
	}
	if !p.terminal || now.Last == nil && time.Since(p.drawn) < 200*time.Millisecond {
		return
	}
	p.drawn = time.Now()
	full := min(int(now.Done*barWidth), barWidth)
	bar := strings.Repeat("█", full) + strings.Repeat("░", barWidth-full)
	left := ""
	if t := now.Left(); t > 0 {
		left = ", " + t.Round(time.Second).String() + " left"
	}
	fmt.Fprintf(p.out, "\r%s %3.0f %%  %d of %d runs%s\x1b[K", bar, 100*now.Done, now.Ended, now.Runs, left)
}

// end clears the bar.
func (p *progress) end() {
	if p.terminal {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}

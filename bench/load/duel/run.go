package duel

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/altracker/altracker/bench/load"
)

// Config says how to run a plan.
type Config struct {
	// Plan is what to run. Required.
	Plan Plan

	// ParseLoad reads the URL and flags of a load. Required.
	ParseLoad func(ctx context.Context, flags []string) (Order, error)

	// Flags are further flags of the load, which come last.
	Flags []string

	// Self is the path of this program. Required where the plan mentions it;
	// programs are looked for beside it first.
	Self string

	// ServerCPUs and LoadCPUs are the processors of servers and of the load. Nil:
	// any.
	ServerCPUs, LoadCPUs []int

	// Nice is the niceness of both; below 0 is for root. Zero: as it is.
	Nice int

	// Log is told how it goes, a line at a time. Nil: nobody is.
	Log func(line string)
}

// Order is what flags of a load come to.
type Order struct {
	Load load.Config
	Fill bool
}

func (c *Config) log(format string, args ...any) {
	if c.Log != nil {
		c.Log(fmt.Sprintf(format, args...))
	}
}

// Run compares the servers of a plan. If ctx is done before the end, the Outcome is
// of the rounds that were complete.
func Run(ctx context.Context, c Config) (*Outcome, error) {
	root, err := os.MkdirTemp("", "duel-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(root)
	if err := os.Chmod(root, 0o755); err != nil { // servers may drop their privileges
		return nil, err
	}
	if err := writeShared(&c.Plan, root); err != nil {
		return nil, err
	}
	o := newOutcome(&c)
	ctx, cancel := context.WithCancel(ctx) // ends all processes
	defer cancel()
	servers, err := startAll(ctx, &c, root, o)
	for _, s := range servers {
		if s != nil {
			defer s.stop()
		}
	}
	if err != nil {
		return nil, err
	}
	if err := measureAll(ctx, &c, servers, o); err != nil {
		return nil, err
	}
	o.compare()
	return o, nil
}

// writeShared writes what the servers of a plan share, if they mention it.
func writeShared(p *Plan, root string) error {
	if p.mentions("{maps}") {
		if err := load.WriteMaps(filepath.Join(root, mapsDir), p.PIDs); err != nil {
			return err
		}
	}
	if p.mentions("{cert}") {
		return writeCertificate(root)
	}
	return nil
}

// startAll starts and fills all servers; those that are not installed are nil.
func startAll(ctx context.Context, c *Config, root string, o *Outcome) ([]*server, error) {
	servers := make([]*server, len(c.Plan.Servers))
	for i, spec := range c.Plan.Servers {
		s, err := newServer(ctx, c, spec, root, i)
		if err != nil {
			return servers, fmt.Errorf("server %s: %w", spec.Name, err)
		}
		servers[i] = s
		c.log("%s: starting and filling: %s", spec.Name, s.words.Replace(spec.Run))
		begin := time.Now()
		switch err := s.fill(ctx, c); {
		case errors.Is(err, errMissing):
			c.log("%s: left out: %v", spec.Name, err)
			o.Servers[i].LeftOut = err.Error()
			servers[i] = nil
		case err != nil:
			return servers, fmt.Errorf("server %s: %w", spec.Name, err)
		default:
			c.log("%s: ready after %.1f s", spec.Name, time.Since(begin).Seconds())
		}
	}
	return servers, ctx.Err()
}

// measureAll measures all servers in turns.
func measureAll(ctx context.Context, c *Config, servers []*server, o *Outcome) error {
	for round := range c.Plan.Rounds {
		results := make([]*load.Result, len(servers))
		var line []string
		for i, s := range servers {
			if s == nil {
				continue
			}
			r, err := s.load.Measure(ctx)
			if ended(ctx) {
				return nil // this round is not complete
			}
			if err != nil {
				return fmt.Errorf("server %s: %w%s", s.spec.Name, err, s.process.said())
			}
			results[i] = r
			line = append(line, fmt.Sprintf("%s %.1f", s.spec.Name, r.Server.RepliesPerCPUSecond/1000))
		}
		for i, r := range results {
			if r != nil {
				o.Servers[i].Results = append(o.Servers[i].Results, r)
			}
		}
		c.log("round %d of %d: thousand replies per CPU-second: %s", round+1, c.Plan.Rounds, strings.Join(line, ", "))
	}
	return nil
}

func ended(ctx context.Context) bool { return ctx.Err() != nil }

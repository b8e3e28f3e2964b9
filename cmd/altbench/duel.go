package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/altracker/altracker/bench/load"
	"github.com/altracker/altracker/bench/load/duel"
	"github.com/altracker/altracker/bench/load/machine"
)

type duelCommand struct {
	Plan      string   `arg:"" placeholder:"PLAN" help:"A YAML file (docs/benchmarks.md), or one of ${presets}."`
	Load      []string `arg:"" optional:"" passthrough:"" placeholder:"FLAG" help:"Flags of altbench load, behind --, for all servers; they come last."`
	Rounds    int      `placeholder:"N" help:"How often each server is measured (as the plan says, or 5)."`
	ServerCPU []int    `name:"server-cpu" placeholder:"N,..." help:"Processors of the servers (the first)."`
	LoadCPU   []int    `name:"load-cpu" placeholder:"N,..." help:"Processors of the load (the second)."`
	Nice      int      `placeholder:"N" help:"Niceness of both, --nice=-10 for instance; below 0 is for root."`
	JSON      bool     `name:"json" help:"Print one JSON object: the ratios and every result."`
}

// Run compares the servers of a plan and prints how that went.
func (c duelCommand) Run(env environment) error {
	plan, err := c.plan()
	if err != nil {
		return misuse{err}
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	config := duel.Config{
		Plan: plan, ParseLoad: parseLoad, Flags: c.flags(), Self: self,
		ServerCPUs: c.ServerCPU, LoadCPUs: c.LoadCPU, Nice: c.Nice,
		Log: func(line string) { fmt.Fprintln(env.err, "altbench:", line) },
	}
	if err := placeApart(&config); err != nil {
		return misuse{err}
	}
	outcome, err := duel.Run(env, config)
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(env.out).Encode(outcome)
	}
	return outcome.Print(env.out)
}

func (c duelCommand) plan() (duel.Plan, error) {
	text, err := os.ReadFile(c.Plan)
	if os.IsNotExist(err) {
		text, err = duel.Preset(c.Plan)
	}
	if err != nil {
		return duel.Plan{}, err
	}
	plan, err := duel.ParsePlan(text)
	if err != nil {
		return plan, fmt.Errorf("%s: %w", c.Plan, err)
	}
	if c.Rounds != 0 {
		plan.Rounds = c.Rounds
	}
	return plan, nil
}

// flags returns what stands behind "--".
func (c duelCommand) flags() []string {
	if len(c.Load) > 0 && c.Load[0] == "--" {
		return c.Load[1:]
	}
	return c.Load
}

// placeApart puts servers and load on different processors.
func placeApart(c *duel.Config) error {
	if c.ServerCPUs != nil && c.LoadCPUs != nil {
		return nil
	}
	server, generator, err := machine.Apart()
	if err != nil {
		return fmt.Errorf("%w; --server-cpu and --load-cpu say otherwise", err)
	}
	if c.ServerCPUs == nil {
		c.ServerCPUs = []int{server}
	}
	if c.LoadCPUs == nil {
		c.LoadCPUs = []int{generator}
	}
	return nil
}

// parseLoad reads the URL and flags of altbench load.
func parseLoad(ctx context.Context, flags []string) (duel.Order, error) {
	var c loadCommand
	parser, err := kong.New(&c, kong.Name("load"), kong.Exit(func(int) {}))
	if err != nil {
		return duel.Order{}, err
	}
	if _, err := parser.Parse(flags); err != nil {
		return duel.Order{}, misuse{fmt.Errorf("%s: %w", strings.Join(flags, " "), err)}
	}
	target, err := load.ParseTarget(ctx, c.URL, c.Owned)
	if err != nil {
		return duel.Order{}, misuse{err}
	}
	if err := c.check(); err != nil {
		return duel.Order{}, misuse{err}
	}
	return duel.Order{Load: c.config(target), Fill: c.Fill}, nil
}

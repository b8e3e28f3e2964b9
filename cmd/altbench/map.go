package main

import (
	"fmt"

	"github.com/altracker/altracker/bench/load"
)

type mapCommand struct {
	Dir  string `arg:"" placeholder:"DIR" help:"Where networkmap.json and costmap.json are written."`
	PIDs int    `default:"100" name:"pids" placeholder:"N" help:"PIDs (${default})."`
}

// Run writes the maps.
func (c mapCommand) Run(environment) error {
	if c.PIDs < 1 || c.PIDs > load.MaxPIDs {
		return misuse{fmt.Errorf("--pids: %d: want 1 to %d", c.PIDs, load.MaxPIDs)}
	}
	return load.WriteMaps(c.Dir, c.PIDs)
}

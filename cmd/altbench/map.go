package main

import "github.com/altracker/altracker/bench/load"

type mapCommand struct {
	Dir  string `arg:"" placeholder:"DIR" help:"Where networkmap.json and costmap.json are written."`
	PIDs int    `default:"100" name:"pids" placeholder:"N" help:"PIDs (${default})."`
}

// Run writes the maps.
func (c mapCommand) Run(env environment) error { return load.WriteMaps(c.Dir, c.PIDs) }

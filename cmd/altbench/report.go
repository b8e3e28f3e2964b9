package main

import (
	"fmt"
	"path/filepath"

	"github.com/altracker/altracker/bench/report"
)

type reportCommand struct {
	Dir   string `arg:"" placeholder:"DIR" help:"A folder that holds results.json: what --out of a run was."`
	Table bool   `default:"true" negatable:"" help:"Print the summary table too."`
}

// Run draws the report of a finished run again, and prints its summary.
func (c reportCommand) Run(env environment) error {
	_, records, err := report.ReadResults(c.Dir)
	if err != nil {
		return err
	}
	if err := report.Draw(c.Dir); err != nil {
		return err
	}
	if c.Table {
		if err := report.Print(env.out, records); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintln(env.out, filepath.Join(c.Dir, report.PageFile))
	return err
}

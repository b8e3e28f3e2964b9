package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/altracker/altracker/altoclient"
	"github.com/altracker/altracker/altoclient/mapdiff"
)

type altoDiffCommand struct {
	A    string `arg:"" name:"a" help:"The map before: a folder, NETWORKMAP[,COSTMAP] files, or the URL of an ALTO directory."`
	B    string `arg:"" name:"b" help:"The map after, named likewise."`
	JSON bool   `name:"json" help:"Print JSON, for programs."`
	Top  int    `default:"10" placeholder:"N" help:"How many moves and changed costs are listed; -1: all (${default})."`
}

// Help is what --help of this command adds.
func (altoDiffCommand) Help() string {
	return `Addresses are compared, not how prefixes are written; version tags do not count. A PID that holds the
same addresses under another name is a renamed one. The exit status is 0 whether the maps differ or not.

Examples:

  altracker alto diff maps-of-may maps-of-june
  altracker alto diff maps https://alto.example.net/directory
  altracker alto diff --json old.json,oldcosts.json new.json,newcosts.json`
}

// Run prints what differs.
func (c altoDiffCommand) Run(env environment) error {
	if c.Top < 1 && c.Top != -1 {
		return misuse{fmt.Errorf("--top %d: want 1 or more, or -1 for all", c.Top)}
	}
	client := altoclient.NewClient(altoclient.Config{UserAgent: "altracker/" + version})
	defer client.Close()
	var maps [2]*altoclient.Snapshot
	for i, place := range []string{c.A, c.B} {
		var err error
		if maps[i], err = mapdiff.Load(env, client, place); err != nil {
			if mapdiff.IsURL(place) {
				return err
			}
			return misuse{err}
		}
	}
	d := mapdiff.Compare(maps[0], maps[1], mapdiff.Config{Top: c.Top})
	if c.JSON {
		encoder := json.NewEncoder(env.out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(d)
	}
	w := tabwriter.NewWriter(env.out, 0, 0, 2, ' ', 0)
	printDiff(w, d)
	return w.Flush()
}

func printDiff(w *tabwriter.Writer, d mapdiff.Diff) {
	if d.Alike() {
		fmt.Fprintln(w, "the maps are alike")
		return
	}
	fmt.Fprintln(w, "\tVERSION TAG\tPIDS\tPREFIXES\tCOSTS")
	for i, side := range []mapdiff.Side{d.A, d.B} {
		costs := side.CostType
		if costs == "" {
			costs = "none"
		}
		fmt.Fprintf(w, "%c\t%s\t%d\t%d\t%s\n", 'A'+i, side.VersionTag, side.PIDs, side.Prefixes, costs)
	}
	printPIDs(w, d)
	if m := d.Moved; m.Prefixes > 0 {
		fmt.Fprintf(w, "\nmoved: %d prefixes, %s of IPv4, %s of IPv6\n", m.Prefixes, percent(m.IPv4), percent(m.IPv6))
		fmt.Fprintln(w, "FROM\tTO\tPREFIXES\tIPV4\tIPV6")
		for _, m := range m.Moves {
			fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%s\n", orNone(m.From), orNone(m.To), m.Prefixes, percent(m.IPv4), percent(m.IPv6))
		}
		printMore(w, m.Pairs-len(m.Moves))
	}
	printCostChanges(w, d)
}

func printPIDs(w *tabwriter.Writer, d mapdiff.Diff) {
	for _, list := range []struct {
		what string
		pids []string
	}{{"added", d.Added}, {"removed", d.Removed}} {
		if len(list.pids) > 0 {
			fmt.Fprintf(w, "\nPIDs %s: %d\n%s\n", list.what, len(list.pids), strings.Join(list.pids, " "))
		}
	}
	if len(d.Renamed) > 0 {
		fmt.Fprintf(w, "\nPIDs renamed: %d\n", len(d.Renamed))
		for _, r := range d.Renamed {
			fmt.Fprintf(w, "%s\tis now\t%s\n", r.From, r.To)
		}
	}
}

func printCostChanges(w *tabwriter.Writer, d mapdiff.Diff) {
	c := d.Costs
	switch {
	case d.A.CostType != d.B.CostType:
		fmt.Fprintln(w, "\ncosts are not compared: they are not of the same type")
		return
	case c.Changed == 0:
		return
	}
	fmt.Fprintf(w, "\ncosts changed: %d of %d pairs, %d only in A, %d only in B, by %s on average\n",
		c.Changed, c.Compared, c.Vanished, c.Appeared, percent(c.Mean))
	fmt.Fprintln(w, "FROM\tTO\tBEFORE\tAFTER\tCHANGE")
	for _, change := range c.Largest {
		relative := ""
		if change.Relative != nil {
			relative = fmt.Sprintf("%+.3g %%", 100**change.Relative)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", change.From, change.To, statedText(change.Before), statedText(change.After), relative)
	}
	printMore(w, c.Changed-len(c.Largest))
}

func statedText(cost *float64) string {
	if cost == nil {
		return "not stated"
	}
	return costText(float32(*cost))
}

func orNone(pid string) string {
	if pid == "" {
		return "(none)"
	}
	return pid
}

func printMore(w *tabwriter.Writer, n int) {
	if n > 0 {
		fmt.Fprintf(w, "and %d more (--top -1 lists all)\n", n)
	}
}

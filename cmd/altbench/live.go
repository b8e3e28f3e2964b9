package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/altracker/altracker/bench/netns"
	"github.com/altracker/altracker/bench/report"
	series "github.com/altracker/altracker/bench/run"
)

type liveCommand struct {
	Scenarios []string `arg:"" name:"scenario" placeholder:"SCENARIO" help:"Small scenarios, as live-even, or YAML files."`
	Policies  string   `placeholder:"NAME,..." help:"Instead of those that the scenarios name, as of altbench run."`
	Seeds     int      `default:"3" placeholder:"N" help:"Run each with seeds 1 to N (${default})."`
	Out       string   `default:"results-live" placeholder:"DIR" help:"Where results go (${default}); those of the simulator go to DIR/simulated."`
	Resume    bool     `help:"Go on with the results that are there; a seed that was cut off is run again."`
	Clients   string   `default:"anacrolix" placeholder:"NAME,..." help:"Who downloads: anacrolix, in this process on loopback (the default), or some of transmission, aria2, libtorrent, mixed, each in a network namespace of its own (needs root)."`
	Altracker string   `placeholder:"FILE" help:"The tracker's program, for clients in namespaces; else altracker beside this program, or built by go from the source in this folder."`
	MaxBusy   int      `default:"70" placeholder:"PERCENT" help:"Leave out runs during which the machine was busier (${default})."`
}

// Run has real clients download, simulates the same, and shows both. What has ended when
// it is told to stop is shown, too.
func (c liveCommand) Run(env environment) error {
	place := c.series()
	if err := place.place(); err != nil {
		return misuse{err}
	}
	switch {
	case c.Clients == "":
		return misuse{errors.New("--clients: want a name")}
	case c.Clients != inProcess && slices.Contains(strings.Split(c.Clients, ","), inProcess):
		return misuse{fmt.Errorf("--clients %s: %s runs in this process, so want it alone, or the others without it", c.Clients, inProcess)}
	}
	config, err := place.config(env)
	if err != nil {
		return misuse{err}
	}
	config.About.Command = c.command()
	if c.MaxBusy < 1 || c.MaxBusy > 100 {
		return misuse{fmt.Errorf("--max-busy %d: want 1 to 100", c.MaxBusy)}
	}
	progress := newProgress(env.err)
	config.Progress = progress.runs
	live := series.LiveConfig{
		Config: config, MostBusy: float64(c.MaxBusy) / 100,
		Note: func(text string) { progress.end(); fmt.Fprintln(env.err, "altbench:", text) },
	}
	if config.Clients != nil {
		if err := netns.Missing(env, config.Clients); err != nil {
			return err
		}
		altracker, remove, err := findAltracker(env, c.Altracker)
		if err != nil {
			return err
		}
		defer remove()
		live.Altracker = altracker
	}
	ran := series.Live(env, live)
	progress.end()
	busy := (*series.BusyError)(nil)
	switch {
	case errors.Is(ran, context.Canceled):
		fmt.Fprintf(env.err, "altbench: stopped; --out %s --resume goes on\n", c.Out)
		return c.series().show(env)
	case ran != nil && !errors.As(ran, &busy):
		return ran
	}
	return cmp.Or(c.show(env, config), ran)
}

// inProcess is the clients that need no namespaces.
const inProcess = "anacrolix"

// series is what the command shares with run.
func (c liveCommand) series() runCommand {
	programs := c.Clients
	if programs == inProcess {
		programs = ""
	}
	return runCommand{Scenarios: c.Scenarios, Policies: c.Policies, Seeds: c.Seeds, Clients: programs, Out: c.Out, Resume: c.Resume, Jobs: 1}
}

func (c liveCommand) command() string {
	words := strings.Replace(c.series().command(), "altbench run", "altbench live", 1)
	if c.MaxBusy != 70 {
		words += fmt.Sprintf(" --max-busy %d", c.MaxBusy)
	}
	return words
}

func (c liveCommand) show(env environment, config series.Config) error {
	if err := c.series().show(env); err != nil {
		return err
	}
	if held(c.Out) == 0 {
		return nil
	}
	_, live, err := report.ReadResults(c.Out)
	if err != nil {
		return err
	}
	same := c.simulated(config)
	if err := series.Run(env, same); err != nil {
		return err
	}
	_, simulated, err := report.ReadResults(same.Dir)
	if err != nil {
		return err
	}
	return printAgreement(env.out, series.Agree(live, simulated))
}

// simulated is what the live runs of a series are held against.
func (c liveCommand) simulated(live series.Config) series.Config {
	command := c.series()
	command.Near = live.Clients != nil
	live.Dir, live.Resume, live.Progress = filepath.Join(c.Out, "simulated"), true, nil
	live.Near, live.About.Command = command.Near, command.command()
	return live
}

// Two policies nearer to each other than this, live, are in no order.
const noOrder = 0.05

// printAgreement tells, scenario by scenario, what the simulator says of what was
// measured, and by how much it is off.
func printAgreement(out io.Writer, all []series.Agreed) error {
	for len(all) > 0 {
		name := all[0].Scenario
		end := slices.IndexFunc(all, func(a series.Agreed) bool { return a.Scenario != name })
		if end < 0 {
			end = len(all)
		}
		fmt.Fprintf(out, "%s: live, simulated, and how far the simulator is off\n", name)
		w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "policy\tseeds\tin PID\t\t\t/random\t\t\tp50 s\t\tp50/random\t\t\tp95/random\t\t\tseed copies")
		var shares, times []series.Pair
		compares := true // with the baseline, which times need: they differ from seed to seed
		for _, a := range all[:end] {
			fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%.1f\t%.1f\t%s\t%s\t%.1f\t%.1f\n", a.Policy, a.Seeds,
				compared(a.IntraPID), compared(a.IntraPIDOver), a.P50.Live, a.P50.Sim, compared(a.P50Over), compared(a.P95Over),
				a.SeedCopies.Live, a.SeedCopies.Sim)
			shares, times = append(shares, a.IntraPID), append(times, a.P50Over)
			compares = compares && !math.IsNaN(a.P50Over.Live)
		}
		if err := w.Flush(); err != nil {
			return err
		}
		fmt.Fprintf(out, "order of policies: in PID %s", order(shares))
		if compares {
			fmt.Fprintf(out, ", p50 %s", order(times))
		}
		fmt.Fprint(out, "\n\n")
		all = all[end:]
	}
	return nil
}

func compared(p series.Pair) string {
	if v := p.Off(); !math.IsNaN(v) {
		return fmt.Sprintf("%.3f\t%.3f\t%+.0f%%", p.Live, p.Sim, 100*v)
	}
	return "-\t-\t-"
}

func order(of []series.Pair) string {
	if series.SameOrder(of, noOrder) {
		return "the same"
	}
	return "DIFFERS"
}

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/altracker/altracker/bench/netns"
	"github.com/altracker/altracker/bench/report"
	series "github.com/altracker/altracker/bench/run"
	"github.com/altracker/altracker/bench/scenario"
)

type runCommand struct {
	Scenarios []string `arg:"" name:"scenario" placeholder:"SCENARIO" help:"Names that altbench list prints, or YAML files; design, confirm and all stand for those of a set."`
	Policies  string   `placeholder:"NAME,..." help:"Instead of those that the scenarios name; options in braces: 'staged{intra_pid: 0.5}'. random is what others are compared with."`
	Seeds     int      `default:"3" placeholder:"N" help:"Run each with seeds 1 to N (${default}); intervals want 10."`
	Clients   string   `placeholder:"NAME,..." help:"Have peers act as these programs do, as many as each other: transmission, aria2, libtorrent."`
	Near      bool     `help:"Leave distance out: a round trip takes what access lines take, as in network namespaces."`
	Out       string   `placeholder:"DIR" help:"Where results go (results, or if some are there results-2 and so on)."`
	Resume    bool     `help:"Go on with the results that are there, in --out."`
	Jobs      int      `default:"${processors}" placeholder:"N" help:"Runs at a time (${default}, the processors)."`
	JSON      bool     `name:"json" help:"Print results.json instead of a summary."`
}

// Run simulates, and shows what came of it. What has ended when it is told to stop is
// shown, too.
func (c runCommand) Run(env environment) error {
	if err := c.place(); err != nil {
		return misuse{err}
	}
	config, err := c.config(env)
	if err != nil {
		return misuse{err}
	}
	progress := newProgress(env.err)
	config.Progress = progress.runs
	ran := series.Run(env, config)
	progress.end()
	if ran != nil && !errors.Is(ran, context.Canceled) {
		return ran
	}
	if ran != nil {
		fmt.Fprintf(env.err, "altbench: stopped; --out %s --resume goes on\n", c.Out)
	}
	return c.show(env)
}

func (c runCommand) config(ctx context.Context) (config series.Config, err error) {
	config = series.Config{Seeds: c.Seeds, Jobs: c.Jobs, Dir: c.Out, Resume: c.Resume, Near: c.Near}
	if c.Seeds < 1 || c.Jobs < 1 {
		return config, fmt.Errorf("--seeds %d, --jobs %d: want 1 or more", c.Seeds, c.Jobs)
	}
	for _, name := range c.names() {
		s, err := scenario.Load(name)
		if err != nil {
			return config, err
		}
		config.Scenarios = append(config.Scenarios, s)
	}
	if c.Policies != "" {
		if config.Policies, err = scenario.ParsePolicies(c.Policies); err != nil {
			return config, fmt.Errorf("--policies: %w", err)
		}
	}
	if c.Clients != "" {
		if config.Clients, err = netns.ParsePrograms(c.Clients); err != nil {
			return config, fmt.Errorf("--clients: %w", err)
		}
	}
	config.About = report.About{Command: c.command(), Commit: commit(ctx), Started: time.Now().UTC(), Machine: thisMachine()}
	return config, nil
}

// names resolves the words for sets.
func (c runCommand) names() (names []string) {
	for _, name := range c.Scenarios {
		switch name {
		case "all", "design", "confirm":
			for _, other := range scenario.Names() {
				if s, err := scenario.Load(other); name == "all" || err == nil && s.Set == name {
					names = append(names, other)
				}
			}
		default:
			names = append(names, name)
		}
	}
	return names
}

// place settles where results go, so that none are overwritten or mixed by mistake.
func (c *runCommand) place() error {
	switch {
	case c.Out == "" && c.Resume:
		return errors.New("--resume: want --out, the folder to go on with")
	case c.Out == "":
		c.Out = "results"
		for n := 2; held(c.Out) > 0; n++ {
			c.Out = fmt.Sprintf("results-%d", n)
		}
	case !c.Resume && held(c.Out) > 0:
		return fmt.Errorf("--out %s: %d results are there: want another folder, or --resume", c.Out, held(c.Out))
	}
	return nil
}

// held is how many results a folder has. Of what cannot be read the run tells.
func held(dir string) int {
	_, records, err := report.ReadResults(dir)
	if err != nil {
		return 0
	}
	return len(records)
}

// command is what makes the results again.
func (c runCommand) command() string {
	words := append([]string{"altbench", "run"}, c.Scenarios...)
	if c.Policies != "" {
		words = append(words, "--policies", "'"+c.Policies+"'")
	}
	words = append(words, "--seeds", fmt.Sprint(c.Seeds))
	if c.Clients != "" {
		words = append(words, "--clients", c.Clients)
	}
	if c.Near {
		words = append(words, "--near")
	}
	return strings.Join(words, " ")
}

func (c runCommand) show(env environment) error {
	_, records, err := report.ReadResults(c.Out)
	if errors.Is(err, os.ErrNotExist) {
		return nil // stopped before anything had ended
	}
	if err != nil || len(records) == 0 {
		return err
	}
	if err := report.Draw(c.Out); err != nil {
		return err
	}
	if c.JSON {
		text, err := os.ReadFile(filepath.Join(c.Out, "results.json"))
		if err != nil {
			return err
		}
		_, err = env.out.Write(text)
		return err
	}
	if err := report.Print(env.out, records); err != nil {
		return err
	}
	_, err = fmt.Fprintln(env.out, filepath.Join(c.Out, report.PageFile))
	return err
}

func thisMachine() string {
	return fmt.Sprintf("%d processors, %s/%s, %s", runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version())
}

// commit is the revision that the program was built of. A build that does not record it,
// as go run's, takes that of the folder it is run in; empty if there is none.
func commit(ctx context.Context) string {
	revision, changed := "", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision":
				revision = s.Value
			case s.Key == "vcs.modified" && s.Value == "true":
				changed = "+changes"
			}
		}
	}
	if revision == "" {
		ctx, stop := context.WithTimeout(ctx, 2*time.Second)
		defer stop()
		out, err := exec.CommandContext(ctx, "git", "rev-parse", "HEAD").Output()
		if err != nil {
			return ""
		}
		revision = strings.TrimSpace(string(out))
	}
	return revision[:min(len(revision), 12)] + changed
}

// Command altbench measures trackers, and how they select peers.
//
// It exits with 0 when it is done or was stopped, 1 when something failed, and 2 when
// it was used wrongly.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/altracker/altracker/bench/load/duel"
	"github.com/altracker/altracker/bench/load/null"
)

// commands is the command line.
type commands struct {
	List listCommand `cmd:"" help:"Print the scenarios, with the published number that each answers to."`
	Run  runCommand  `cmd:"" help:"Simulate scenarios under policies, on the real tracker core."`
	Live liveCommand `cmd:"" help:"Have real clients download, on loopback or in network namespaces, guided by the real tracker, and compare with the simulator."`
	Load loadCommand `cmd:"" help:"Put a tracker under load, and check every reply."`
	Duel duelCommand `cmd:"" help:"Start trackers, load them in turns, and print how they compare."`
	Null nullCommand `cmd:"" help:"Serve replies without thinking: the most that load can measure."`
	Map  mapCommand  `cmd:"" help:"Write ALTO maps that place the addresses of the load in PIDs."`

	Report reportCommand `cmd:"" help:"Draw the report of a finished run again."`
}

// environment is what a command may touch of the world.
type environment struct {
	context.Context
	out, err io.Writer
}

// misuse is an error that is the user's: a wrong argument.
type misuse struct{ error }

func (m misuse) Unwrap() error { return m.error }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(environment{ctx, os.Stdout, os.Stderr}, os.Args[1:]))
}

// run executes one command line and returns the exit code.
func run(env environment, args []string) int {
	var c commands
	exit := -1
	parser, err := kong.New(&c,
		kong.Name("altbench"),
		kong.Description("Measures trackers, and how they select peers."),
		kong.Writers(env.out, env.err),
		kong.Exit(func(code int) { exit = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.UsageOnError(),
		kong.Vars{
			"null_peers": strconv.Itoa(null.DefaultPeers),
			"presets":    strings.Join(duel.Presets(), ", "),
			"processors": strconv.Itoa(runtime.GOMAXPROCS(0)),
		},
		kong.Bind(env),
	)
	if err != nil {
		fmt.Fprintln(env.err, "altbench:", err)
		return 1
	}
	command, err := parser.Parse(args)
	if exit >= 0 {
		return exit // it was asked for help, and has printed it
	}
	if err == nil {
		err = command.Run(env)
	} else {
		err = misuse{fmt.Errorf("%w (altbench --help tells more)", err)}
	}
	switch {
	case err == nil:
		return 0
	case errors.As(err, new(misuse)):
		fmt.Fprintln(env.err, "altbench:", err)
		return 2
	}
	fmt.Fprintln(env.err, "altbench:", err)
	return 1
}

// Command altracker is a BitTorrent tracker that knows the network.
//
// Without arguments beyond "serve" it needs no file: it answers announces over
// HTTP and UDP on port 6969, guided by a map that ships inside the program. Its
// other commands check a configuration, ask a running tracker why it answers as it
// does, and serve, show, build and compare ALTO maps (RFC 7285).
//
// It exits with 0 when it was stopped or is done, 1 when something failed, and 2
// when it was used wrongly or its configuration is wrong.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// commands is the command line.
type commands struct {
	Serve   serveCommand   `cmd:"" help:"Run the tracker. Without a flag: HTTP and UDP on :6969, admin on 127.0.0.1:6970, guided by the embedded map."`
	Check   checkCommand   `cmd:"" help:"Check a configuration file: one line for each mistake."`
	ALTO    altoCommands   `cmd:"" name:"alto" help:"Serve, show, build and compare ALTO maps (RFC 7285)."`
	Explain explainCommand `cmd:"" help:"Ask a running tracker how it would answer an announce, and why."`
	Version versionCommand `cmd:"" help:"Print the version."`
}

type altoCommands struct {
	Serve  altoServeCommand  `cmd:"" help:"Serve map files as an ALTO server; its directory is at /directory."`
	Get    altoGetCommand    `cmd:"" help:"Print a resource of an ALTO server, checked; without an id, what there is."`
	Lookup altoLookupCommand `cmd:"" help:"Print the PIDs of addresses, and the costs between them."`
	Build  altoBuildCommand  `cmd:"" help:"Make map files of AS tables, routing tables, or regions of your own."`
	Diff   altoDiffCommand   `cmd:"" help:"Print in what two maps differ: PIDs, addresses, costs."`
}

// environment is what a command may touch of the world.
type environment struct {
	context.Context
	out, err io.Writer
}

// misuse is an error that is the user's: a wrong argument or configuration.
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
		kong.Name("altracker"),
		kong.Description("A BitTorrent tracker that knows the network."),
		kong.Writers(env.out, env.err),
		kong.Exit(func(code int) { exit = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.UsageOnError(),
		kong.Bind(env),
	)
	if err != nil {
		fmt.Fprintln(env.err, "altracker:", err)
		return 1
	}
	command, err := parser.Parse(args)
	if exit >= 0 {
		return exit // it was asked for help, and has printed it
	}
	if err == nil {
		err = command.Run(env)
	} else {
		err = misuse{fmt.Errorf("%w (altracker --help tells more)", err)}
	}
	switch {
	case err == nil:
		return 0
	case errors.As(err, new(misuse)):
		fmt.Fprintln(env.err, "altracker:", err)
		return 2
	}
	fmt.Fprintln(env.err, "altracker:", err)
	return 1
}

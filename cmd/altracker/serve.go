package main

import (
	"fmt"
	"log/slog"
	"os"
	"runtime/debug"

	"github.com/altracker/altracker/cmd/altracker/config"
)

type serveCommand struct {
	Config string  `placeholder:"FILE" help:"Configuration file."`
	HTTP   *string `name:"http" placeholder:"ADDR" help:"Listen for HTTP announces on HOST:PORT; \"\" for none."`
	UDP    *string `name:"udp" placeholder:"ADDR" help:"Listen for UDP announces on HOST:PORT; \"\" for none."`
	Admin  *string `placeholder:"ADDR" help:"Serve the admin API on HOST:PORT; \"\" for none."`
	Policy string  `placeholder:"NAME" help:"Peer selection policy, with its default options."`
	ALTO   string  `name:"alto" placeholder:"URL" help:"Directory of the ALTO server that guides, in place of the configured sources."`
}

// Run serves until it is told to stop.
func (c serveCommand) Run(env environment) error {
	conf, err := c.configuration()
	if err != nil {
		return misuse{err}
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	d, err := newDaemon(conf, slog.New(slog.NewTextHandler(env.err, nil)))
	if err != nil {
		return err
	}
	return d.run(env)
}

// gcPercent has the heap grow by half before it is collected, not to twice of what is alive:
// announces allocate nothing and peers have no pointers, so that collections are few and short
// anyway, and what waits for them is memory that nobody uses. GOGC in the environment says
// otherwise.
const gcPercent = 50

// configuration reads the file, if any, and lets the flags have their way.
func (c serveCommand) configuration() (config.Config, error) {
	conf, err := config.Parse(nil)
	if c.Config != "" {
		conf, err = config.Load(c.Config)
	}
	if err != nil {
		return conf, fmt.Errorf("configuration: %w", err)
	}
	return conf, conf.Override(config.Flags{HTTP: c.HTTP, UDP: c.UDP, Admin: c.Admin, Policy: c.Policy, ALTO: c.ALTO})
}

package main

import (
	"errors"
	"fmt"

	"github.com/altracker/altracker/cmd/altracker/config"
)

type checkCommand struct {
	Config string `required:"" placeholder:"FILE" help:"Configuration file."`
}

// Run prints the mistakes of a file, one a line.
func (c checkCommand) Run(env environment) error {
	_, err := config.Load(c.Config)
	var mistakes config.Mistakes
	if errors.As(err, &mistakes) {
		for _, m := range mistakes {
			fmt.Fprintln(env.out, m)
		}
		return misuse{fmt.Errorf("%s: %d wrong", c.Config, len(mistakes))}
	}
	if err != nil {
		return misuse{err}
	}
	_, err = fmt.Fprintf(env.out, "%s is right\n", c.Config)
	return err
}

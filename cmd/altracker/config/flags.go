package config

import (
	"fmt"

	"github.com/altracker/altracker/selector"
)

// Flags is what the command line says in place of the file; nil and empty fields
// say nothing.
type Flags struct {
	HTTP, UDP, Admin *string // addresses to listen on
	Policy           string  // a policy, with its default options
	ALTO             string  // the directory of the one source
}

// Override puts flags in place of what the file says. The error names the flag.
func (c *Config) Override(f Flags) error {
	for _, l := range []struct {
		flag string
		from *string
		into *Listener
	}{{"--http", f.HTTP, &c.HTTP}, {"--udp", f.UDP, &c.UDP}, {"--admin", f.Admin, &c.Admin}} {
		if l.from == nil {
			continue
		}
		if _, err := listen(*l.from); err != nil {
			return fmt.Errorf("%s %q: %s", l.flag, *l.from, wantListen)
		}
		l.into.Listen = *l.from
	}
	if f.Policy != "" {
		if _, err := selector.New(f.Policy, nil); err != nil {
			return fmt.Errorf("--policy: %w", err)
		}
		c.Policy = Policy{Spec: selector.Spec{Name: f.Policy}, CensusSize: c.Policy.CensusSize, CensusInterval: c.Policy.CensusInterval}
	}
	if f.ALTO != "" {
		if _, err := directory(f.ALTO); err != nil {
			return fmt.Errorf("--alto %q: %s", f.ALTO, wantDirectory)
		}
		c.Sources = []Source{{Name: "alto", Directory: f.ALTO}}
	}
	return nil
}

package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/altracker/altracker/bench/scenario"
)

type listCommand struct {
	JSON bool `name:"json" help:"Print one JSON array."`
}

// listed is a scenario as list prints it.
type listed struct {
	Name     string   `json:"name"`
	Set      string   `json:"set"`
	About    string   `json:"about"`
	Answers  string   `json:"answers"`
	Peers    int      `json:"peers"`
	Policies []string `json:"policies"`
}

// Run prints the scenarios that ship.
func (c listCommand) Run(env environment) error {
	var all []listed
	for _, name := range scenario.Names() {
		s, err := scenario.Load(name)
		if err != nil {
			return err
		}
		l := listed{Name: s.Name, Set: s.Set, About: strings.TrimSpace(s.About), Answers: strings.TrimSpace(s.Answers), Peers: s.Peers.Total}
		for _, p := range s.Policies {
			l.Policies = append(l.Policies, p.String())
		}
		all = append(all, l)
	}
	if c.JSON {
		return json.NewEncoder(env.out).Encode(all)
	}
	w := tabwriter.NewWriter(env.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "scenario\tset\tpeers\tanswers to")
	for _, l := range all {
		fmt.Fprintf(w, "%s\t%s\t%d\t%s\n", l.Name, l.Set, l.Peers, l.Answers)
	}
	return w.Flush()
}

package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/altracker/altracker/altoclient"
)

type altoGetCommand struct {
	Directory string `required:"" placeholder:"URL" help:"Directory of the ALTO server."`
	Resource  string `arg:"" optional:"" name:"resource-id" help:"Resource to print; without it, all ids are listed."`
}

// Run prints a resource as the server sent it, once it has passed the parser.
func (c altoGetCommand) Run(env environment) error {
	client := altoclient.NewClient(altoclient.Config{UserAgent: "altracker/" + version})
	defer client.Close()
	dir, err := client.Directory(env, c.Directory)
	if err != nil {
		return err
	}
	if c.Resource == "" {
		return printDirectory(env, dir)
	}
	r, ok := dir.Resource(c.Resource)
	if !ok {
		return misuse{fmt.Errorf("resource %q: the directory has none of that id; leave it out to list them", c.Resource)}
	}
	body, err := client.Get(env, r)
	if err != nil {
		return err
	}
	_, err = env.out.Write(body)
	return err
}

func printDirectory(env environment, dir *altoclient.Directory) error {
	w := tabwriter.NewWriter(env.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tMEDIA TYPE\tMETHOD\tCOST TYPES\tURI")
	for _, r := range dir.Resources {
		method := "GET"
		if r.Accepts != "" {
			method = "POST"
		}
		var types []string
		for _, t := range r.CostTypes {
			types = append(types, fmt.Sprint(t))
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", r.ID, r.MediaType, method, strings.Join(types, ", "), withoutPassword(r.URI))
	}
	for _, p := range dir.Problems {
		fmt.Fprintln(env.err, "altracker: left out:", p)
	}
	return w.Flush()
}

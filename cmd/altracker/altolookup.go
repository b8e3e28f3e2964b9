package main

import (
	"fmt"
	"math"
	"net/netip"
	"strconv"
	"text/tabwriter"

	"github.com/altracker/altracker/altoclient"
)

type altoLookupCommand struct {
	Directory string   `required:"" placeholder:"URL" help:"Directory of the ALTO server."`
	Addresses []string `arg:"" name:"address" help:"Addresses to look up."`
}

// Run prints the PID of each address, and the costs between their PIDs.
func (c altoLookupCommand) Run(env environment) error {
	addrs := make([]netip.Addr, len(c.Addresses))
	for i, a := range c.Addresses {
		addr, err := netip.ParseAddr(a)
		if err != nil {
			return misuse{fmt.Errorf("%q: want an IPv4 or IPv6 address", a)}
		}
		addrs[i] = addr.Unmap()
	}
	client := altoclient.NewClient(altoclient.Config{UserAgent: "altracker/" + version})
	defer client.Close()
	maps, err := client.Maps(env, c.Directory)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(env.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ADDRESS\tPID")
	for _, a := range addrs {
		name := maps.Name(maps.PID(a))
		if name == "" {
			name = "(none)"
		}
		fmt.Fprintf(w, "%v\t%s\n", a, name)
	}
	printCosts(w, maps, addrs)
	return w.Flush()
}

// printCosts prints the costs between the addresses' PIDs, each in both directions.
func printCosts(w *tabwriter.Writer, maps *altoclient.Snapshot, addrs []netip.Addr) {
	fmt.Fprintln(w, "\nFROM\tTO\tCOST")
	seen := map[[2]uint32]bool{}
	for _, from := range addrs {
		for _, to := range addrs {
			pair := [2]uint32{maps.PID(from), maps.PID(to)}
			if pair[0] == 0 || pair[1] == 0 || seen[pair] {
				continue
			}
			seen[pair] = true
			fmt.Fprintf(w, "%s\t%s\t%s\n", maps.Name(pair[0]), maps.Name(pair[1]), costText(maps.Cost(pair[0], pair[1])))
		}
	}
}

func costText(cost float32) string {
	if math.IsNaN(float64(cost)) {
		return "not stated"
	}
	return strconv.FormatFloat(float64(cost), 'g', -1, 32)
}

package main

import (
	"fmt"
	"io"
	"strconv"

	"github.com/altracker/altracker/altoclient/mapbuild"
)

type altoBuildCommand struct {
	From          []string `required:"" placeholder:"[KIND:]FILE" sep:"none" help:"What to make the map of; may be given several times. Kinds: asn-table, mmdb, mrt, regions; without one the file tells. \"embedded\" is the AS table in the program."`
	Out           string   `required:"" placeholder:"DIR" help:"Folder for networkmap.json and costmap.json; created if need be."`
	Relationships string   `placeholder:"FILE" help:"Relationships between ASes, lines AS|AS|-1 (provider, customer) or AS|AS|0 (peers): costs follow the ways that traffic can take."`
	MaxPIDs       int      `name:"max-pids" default:"500" placeholder:"N" help:"The largest ASes keep a PID of their own, the others are merged by country or with the nearest of these (${default})."`
	Only          []string `placeholder:"AS|COUNTRY" help:"Keep these ASes (AS3320) and countries (DE) only; all else is in the default PID."`
	ResourceID    string   `name:"resource-id" default:"networkmap" placeholder:"ID" help:"Resource id of the network map (${default})."`
}

// Help is what --help of this command adds.
func (altoBuildCommand) Help() string {
	return `The map is made of one of these (docs/maps.md has the formats):

  asn-table, mmdb   the AS and the country of addresses: CSV, or a database in MaxMind's format.
                    Costs: 1 in an AS, 10 in a country, 30 on a continent, 100 elsewhere.
  mrt               dumps of routing tables (Route Views, RIPE RIS, your own router), plain, .gz or .bz2.
                    Costs: 1 in an AS, 1 more for each link. Tables may be added, for countries.
  regions           your own YAML: regions, their prefixes, costs by tier.

Examples:

  altracker alto build --from GeoLite2-ASN.mmdb --from GeoLite2-Country.mmdb --out maps
  altracker alto build --from rib.20260601.0000.bz2 --relationships as-rel.txt.bz2 --out maps
  altracker alto build --from regions.yaml --out maps
  altracker alto serve --network-map maps/networkmap.json --cost-map maps/costmap.json`
}

// Run writes the files and prints what is in them.
func (c altoBuildCommand) Run(env environment) error {
	s, err := mapbuild.Build(env, mapbuild.Options{
		From: c.From, Relationships: c.Relationships, MaxPIDs: c.MaxPIDs, Only: c.Only, Out: c.Out, ResourceID: c.ResourceID,
	})
	switch {
	case env.Err() != nil:
		return env.Err()
	case err != nil:
		return misuse{err}
	}
	return printSummary(env.out, s)
}

func printSummary(w io.Writer, s mapbuild.Summary) error {
	fmt.Fprintf(w, "%s: %d PIDs, %d prefixes (%d before merging), version tag %s\n", s.NetworkMap, s.PIDs, s.Prefixes, s.Before, s.Tag)
	fmt.Fprintf(w, "%s: costs from %s to %s\n", s.CostMap, costText(s.Least), costText(s.Most))
	_, err := fmt.Fprintf(w, "outside the default PID: %s of IPv4, %s of IPv6 (2000::/3)\n", percent(s.IPv4), percent(s.IPv6))
	for _, note := range s.Notes {
		_, err = fmt.Fprintln(w, note)
	}
	return err
}

// percent prints a share of 1 with three digits.
func percent(share float64) string {
	if share > 0 && share < 1e-5 {
		return "less than 0.001 %"
	}
	return strconv.FormatFloat(100*share, 'g', 3, 64) + " %"
}

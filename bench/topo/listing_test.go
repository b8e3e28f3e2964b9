package topo

import (
	"fmt"
	"io/fs"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var nodesSaid = regexp.MustCompile(`([\d,]+) nodes`)

func TestListingsCountNodesAsTheyAre(t *testing.T) {
	counted := 0
	for _, l := range Builtins() {
		said := nodesSaid.FindStringSubmatch(l.About)
		if said == nil {
			continue
		}
		counted++
		g, err := Builtin(l.Name)
		if err != nil {
			t.Fatal(err)
		}
		if n, _ := strconv.Atoi(strings.ReplaceAll(said[1], ",", "")); n != len(g.Nodes) {
			t.Errorf("%s says that it has %s, and has %d", l.Name, said[0], len(g.Nodes))
		}
	}
	if counted == 0 {
		t.Error("no listing tells how many nodes there are")
	}
}

// TestManualDescribesEveryBuiltin keeps the table of docs/benchmarks.md true.
func TestManualDescribesEveryBuiltin(t *testing.T) {
	manual, err := os.ReadFile("../../docs/benchmarks.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range Builtins() {
		g, err := Builtin(l.Name)
		if err != nil {
			t.Fatal(err)
		}
		limited := 0
		for _, l := range g.Links {
			if !math.IsInf(l.Capacity, 1) {
				limited++
			}
		}
		row := fmt.Sprintf("\n| `%s` | %d | %d | %d | ", l.Name, len(g.Nodes), len(g.Links), limited)
		if !strings.Contains(string(manual), row) {
			t.Errorf("docs/benchmarks.md has no row %q", strings.TrimSpace(row))
		}
	}
}

func TestDataHasItsLicenceBesideIt(t *testing.T) {
	folders, err := fs.ReadDir(networks, "networks")
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		for _, name := range []string{"README.md", "LICENSE.txt"} {
			text, err := networks.ReadFile("networks/" + folder.Name() + "/" + name)
			if err != nil || len(text) == 0 {
				t.Errorf("%s has no %s: %v", folder.Name(), name, err)
			}
		}
	}
}

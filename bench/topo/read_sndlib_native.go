package topo

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// ReadSNDlibNative reads a network of SNDlib in its native format, one thing a line:
//
//	NODES ( id ( longitude latitude ) ... )
//	LINKS ( id ( source target ) preinstalled its-cost routing-cost setup-cost ( module its-cost ... ) ... )
//	DEMANDS ( id ( source target ) routing-unit value longest-path ... )
//
// The capacity of a link is the preinstalled one, or else one of its largest module, in
// the unit of META or in Mbit/s, or else not known: +Inf. Its weight is the routing cost, or else the setup cost.
// Where a coordinate is none of the earth, all are of a drawing and no place is known. Links
// there and back are the two directions of one; parallel ones are added up, and those from a
// node to itself dropped.
func ReadSNDlibNative(r io.Reader, name string) (*Graph, error) {
	plain, err := unpack(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	b := newGraphBuilder(name)
	b.directed = true
	n := sndlibNative{graph: b, unit: mbit}
	lines := bufio.NewScanner(plain)
	lines.Buffer(nil, 1<<20) // a link may list many modules
	line := 0
	for lines.Scan() {
		line++
		if err := n.take(lines.Text()); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, line, err)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s:%d: %w", name, line+1, err)
	}
	if n.section != "" {
		return nil, fmt.Errorf("%s:%d: section %s is not closed", name, line, n.section)
	}
	b.forgetDrawing()
	return b.build()
}

type sndlibNative struct {
	graph   *graphBuilder
	section string
	paths   bool    // in the list of a demand, in ADMISSIBLE_PATHS
	unit    float64 // of capacities and demands, in bytes a second
}

func (n *sndlibNative) take(line string) error {
	line = strings.TrimSpace(line)
	if line == "" || line[0] == '#' || line[0] == '?' {
		return nil
	}
	words := strings.Fields(strings.NewReplacer("(", " ( ", ")", " ) ").Replace(line))
	switch {
	case n.section == "":
		return n.open(words)
	case len(words) == 1 && words[0] == ")":
		if !n.paths {
			n.section = ""
		}
		n.paths = false
		return nil
	}
	switch n.section {
	case "META":
		return n.meta(words)
	case "NODES":
		return n.node(words)
	case "LINKS":
		return n.link(words)
	case "DEMANDS":
		return n.demand(words)
	case "ADMISSIBLE_PATHS":
		n.paths = n.paths || words[len(words)-1] == "("
	}
	return nil
}

func (n *sndlibNative) open(words []string) error {
	if len(words) < 2 || len(words) > 3 || words[1] != "(" || len(words) == 3 && words[2] != ")" {
		return fmt.Errorf("%.80q, want a section: NODES (", strings.Join(words, " "))
	}
	switch words[0] {
	case "META", "NODES", "LINKS", "DEMANDS", "ADMISSIBLE_PATHS":
	default:
		return fmt.Errorf("there is no section %.80q", words[0])
	}
	if len(words) == 2 {
		n.section = words[0]
	}
	return nil
}

func (n *sndlibNative) meta(words []string) (err error) {
	if len(words) == 3 && words[0] == "unit" && words[1] == "=" {
		n.unit, err = sndlibUnit(words[2])
	}
	return err
}

func (n *sndlibNative) node(words []string) error {
	if len(words) == 1 { // a node of no place
		return n.graph.addSNDlibNode(words[0], "", "")
	}
	if len(words) != 5 || words[1] != "(" || words[4] != ")" {
		return fmt.Errorf("%.80q, want a node: id ( longitude latitude )", strings.Join(words, " "))
	}
	return n.graph.addSNDlibNode(words[0], words[2], words[3])
}

func (n *sndlibNative) link(words []string) error {
	last := len(words) - 1
	if last < 10 || last%2 != 0 || !pairAt1(words) || words[9] != "(" || words[last] != ")" {
		return fmt.Errorf("%.80q, want a link: id ( source target ) capacity cost routing-cost setup-cost ( module cost ... )", strings.Join(words, " "))
	}
	l := sndlibLink{from: words[2], to: words[3], preinstalled: words[5], routingCost: words[7], setupCost: words[8]}
	for i := 10; i < last; i += 2 {
		l.modules = append(l.modules, words[i])
	}
	return n.graph.addSNDlibLink(l, n.unit)
}

func (n *sndlibNative) demand(words []string) error {
	if len(words) < 7 || len(words) > 8 || !pairAt1(words) {
		return fmt.Errorf("%.80q, want a demand: id ( source target ) routing-unit value longest-path", strings.Join(words, " "))
	}
	return n.graph.addSNDlibDemand(words[2], words[3], words[5], words[6], n.unit)
}

// pairAt1 tells whether two words in brackets follow the first.
func pairAt1(words []string) bool { return words[1] == "(" && words[4] == ")" }

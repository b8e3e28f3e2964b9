package topo

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/altracker/altracker/altoclient/asgraph"
)

// ReadRelationships reads AS relationships as CAIDA publishes them: `1|2|-1` is that AS1 is a
// provider of AS2, `1|3|0` that they are peers; a fourth field (serial-2) says where that was
// learnt and means nothing here. Each AS is a node and an ISP of its own, numbered from 1 as
// they come up. Speeds and places are not in the data: links have no limit and take 10 ms.
func ReadRelationships(r io.Reader, name string) (*Graph, error) {
	plain, err := unpack(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	b := newGraphBuilder(name)
	if err := asgraph.EachRelationship(name, plain, b.relationship); err != nil {
		return nil, err
	}
	return b.build()
}

func (b *graphBuilder) relationship(line string) error {
	fields := strings.Split(line, "|")
	relation, ok := Internal, len(fields) == 3 || len(fields) == 4
	if ok {
		switch fields[2] {
		case "-1":
			relation = Transit
		case "0":
			relation = Peering
		default:
			ok = false
		}
	}
	if !ok {
		return fmt.Errorf("%.80q, want AS|AS|-1 (provider and customer) or AS|AS|0 (peers)", line)
	}
	provider, err := b.as(fields[0])
	if err != nil {
		return err
	}
	customer, err := b.as(fields[1])
	if err != nil {
		return err
	}
	if relation == Peering { // has no direction: keep the order of the line
		provider, customer = customer, provider
	}
	return b.join(Link{A: customer, B: provider, Capacity: math.Inf(1), Relation: relation})
}

// as is the node of an AS, made when it comes up first.
func (b *graphBuilder) as(text string) (int, error) {
	number, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		return 0, fmt.Errorf("%.80q is no AS number", text)
	}
	key := strconv.FormatUint(number, 10)
	if i, ok := b.nodes[key]; ok {
		return i, nil
	}
	i := len(b.graph.Nodes)
	return i, b.add(key, Node{Name: "AS" + key, ISP: i + 1, Lat: math.NaN(), Lon: math.NaN()})
}

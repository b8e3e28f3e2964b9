package topo

import (
	"bytes"
	"math"
	"slices"
	"testing"
)

// fuzzReader has a reader keep what all of them promise, whatever it is given.
func fuzzReader(f *testing.F, format string) {
	at := slices.IndexFunc(documents, func(d document) bool { return d.format == format })
	d := documents[at]
	for _, other := range documents {
		f.Add([]byte(other.text))
	}
	for _, b := range broken {
		f.Add([]byte(b.text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		g, err := d.read(bytes.NewReader(text), "fuzz")
		if err != nil {
			if g != nil {
				t.Errorf("a graph along with the error %v", err)
			}
			return
		}
		if err := g.Check(); err != nil {
			t.Error(err)
		}
		seen := map[[2]int]bool{}
		for _, l := range g.Links {
			pair := [2]int{min(l.A, l.B), max(l.A, l.B)}
			if seen[pair] {
				t.Errorf("two links join nodes %d and %d", l.A, l.B)
			}
			seen[pair] = true
			if l.Delay <= 0 && math.IsNaN(g.Nodes[l.A].Lat) {
				t.Errorf("a delay of %v between nodes of no place", l.Delay)
			}
		}
	})
}

func FuzzReadGraphML(f *testing.F)       { fuzzReader(f, "GraphML") }
func FuzzReadGML(f *testing.F)           { fuzzReader(f, "GML") }
func FuzzReadSNDlibXML(f *testing.F)     { fuzzReader(f, "SNDlibXML") }
func FuzzReadSNDlibNative(f *testing.F)  { fuzzReader(f, "SNDlibNative") }
func FuzzReadNodeLink(f *testing.F)      { fuzzReader(f, "NodeLink") }
func FuzzReadRelationships(f *testing.F) { fuzzReader(f, "Relationships") }
func FuzzReadLHCONE(f *testing.F)        { fuzzReader(f, "LHCONE") }

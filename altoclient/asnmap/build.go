package asnmap

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
)

// DefaultMaxPIDs is how many PIDs a written map has at most, unless told else.
const DefaultMaxPIDs = 500

// BuildOptions says what Build shall do.
type BuildOptions struct {
	From       []string // tables, as Read takes them; at least one
	Out        string   // folder for the two files; created if need be
	MaxPIDs    int      // at most 5000; 0 means DefaultMaxPIDs
	Only       []string // ASes ("AS3320") and countries ("DE") to keep; none means all
	ResourceID string   // of the network map; empty means "networkmap"
}

// Summary tells what Build has written.
type Summary struct {
	NetworkMap, CostMap string // the files
	Tag                 string // of the network map, which the cost map names
	ASes                int    // PIDs of one AS
	Countries           int    // PIDs of a country: its addresses without an AS, and its merged ASes
	Prefixes            int    // in all PIDs, the default's two included
}

// Build makes a map of tables, reduces it and writes it as files of RFC 7285.
func Build(o BuildOptions) (Summary, error) {
	if o.Out == "" {
		return Summary{}, errors.New("no folder to write to")
	}
	limit := cmp.Or(o.MaxPIDs, DefaultMaxPIDs)
	if limit < 0 || limit > maxFilePIDs {
		return Summary{}, fmt.Errorf("at most %d PIDs: want 1 to %d", limit, maxFilePIDs)
	}
	m, err := Read(o.From...)
	if err != nil {
		return Summary{}, err
	}
	if m, err = m.Reduce(limit, o.Only); err != nil {
		return Summary{}, err
	}
	s := m.summary()
	s.NetworkMap, s.CostMap = filepath.Join(o.Out, NetworkMapFile), filepath.Join(o.Out, CostMapFile)
	s.Tag, err = m.WriteRFC7285(o.Out, o.ResourceID)
	return s, err
}

// summary counts what the map has.
func (m *Map) summary() Summary {
	var s Summary
	for _, p := range m.places {
		switch {
		case p.asn != 0:
			s.ASes++
		case p.country != 0:
			s.Countries++
		}
	}
	for range m.Prefixes() {
		s.Prefixes++
	}
	return s
}

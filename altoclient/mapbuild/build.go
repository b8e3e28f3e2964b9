package mapbuild

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
)

// DefaultMaxPIDs is how many PIDs a map has at most, unless told else.
const DefaultMaxPIDs = 500

// Options says what Build shall do.
type Options struct {
	// From names the sources, FILE or KIND:FILE; at least one. KIND is asn-table,
	// mmdb, mrt or regions; without it the file tells. "embedded", or asn-table
	// without a file, is the AS table in the binary.
	From []string

	Relationships string   // file of AS relationships; empty means none
	MaxPIDs       int      // at most MostPIDs; 0 means DefaultMaxPIDs
	Only          []string // ASes ("AS3320") and countries ("DE") to keep; none means all
	Out           string   // folder for the two files; created if need be
	ResourceID    string   // of the network map; empty means "networkmap"
}

// Build makes a map and writes it as two files of RFC 7285, NetworkMapFile and
// CostMapFile. Each file is replaced in one step; the tags tell whether two
// belong together. Nothing is written if anything is wrong; the error names the
// place. A file of regions that is wrong is reported as [Mistakes].
func Build(ctx context.Context, o Options) (Summary, error) {
	if o.Out == "" {
		return Summary{}, errors.New("no folder to write to")
	}
	o.MaxPIDs = cmp.Or(o.MaxPIDs, DefaultMaxPIDs)
	if o.MaxPIDs < 1 || o.MaxPIDs > MostPIDs {
		return Summary{}, fmt.Errorf("at most %d PIDs: want 1 to %d", o.MaxPIDs, MostPIDs)
	}
	resourceID, err := checkResourceID(o.ResourceID)
	if err != nil {
		return Summary{}, err
	}
	d, err := o.draft(ctx)
	if err != nil {
		return Summary{}, err
	}
	network, cost, tag := d.documents(resourceID)
	if err := replaceFiles(o.Out, map[string][]byte{NetworkMapFile: network, CostMapFile: cost}); err != nil {
		return Summary{}, err
	}
	s := d.summary()
	s.Tag = tag
	s.NetworkMap, s.CostMap = filepath.Join(o.Out, NetworkMapFile), filepath.Join(o.Out, CostMapFile)
	return s, nil
}

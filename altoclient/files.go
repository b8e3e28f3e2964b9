package altoclient

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// files fetches from a pair of map files. It reads them again when their size or
// time of change differs.
type files struct {
	network, costs string // paths; costs may be empty, and so may properties
	properties     string
	limits         Limits
	config         SnapshotConfig

	seen    [3]fileVersion
	current *Snapshot
	err     error // of the versions seen
	missing error // why there were none to see
}

type fileVersion struct {
	size    int64
	changed time.Time
}

func (f *files) fetch(_ context.Context, bypass bool) (fetched, error) {
	seen, err := f.stat()
	if err != nil {
		again := f.missing != nil && f.missing.Error() == err.Error()
		f.seen, f.missing = [3]fileVersion{}, err
		return fetched{idle: again && !bypass}, err
	}
	f.missing = nil
	if seen == f.seen && !bypass {
		if f.err != nil {
			return fetched{idle: true}, f.err
		}
		return fetched{idle: true, snapshot: f.current}, nil
	}
	got, err := f.read()
	f.seen, f.err = seen, err
	return got, err
}

func (f *files) stat() (seen [3]fileVersion, err error) {
	for i, path := range []string{f.network, f.costs, f.properties} {
		if path == "" {
			continue
		}
		info, err := os.Stat(path)
		if err != nil {
			return seen, err
		}
		seen[i] = fileVersion{info.Size(), info.ModTime()}
	}
	return seen, nil
}

func (f *files) read() (fetched, error) {
	var got fetched
	network, err := readFile(f.network, func(r io.Reader) (*NetworkMap, error) { return ParseNetworkMap(r, f.limits) })
	if err != nil {
		return got, err
	}
	var costs *CostMap
	if f.costs != "" {
		costs, err = readFile(f.costs, func(r io.Reader) (*CostMap, error) { return ParseCostMap(r, network, f.limits) })
		if err != nil {
			return got, err
		}
	}
	if old := f.current; old != nil {
		same := old.network.sameContent(network)
		switch {
		case same && old.network.vtag == network.vtag && costs.sameContent(old.costs) && f.properties == "":
			got.snapshot = old
			return got, nil
		case !same && old.network.vtag == network.vtag:
			got.retags++
		}
	}
	s, err := NewSnapshot(network, costs, f.config)
	if errors.Is(err, ErrSkew) {
		got.skews++
		err = fmt.Errorf("%s: %w", f.costs, err)
	}
	if err == nil && f.properties != "" {
		s, err = readLabels(f.properties, f.limits, s)
	}
	if err != nil {
		return got, err
	}
	f.current, got.snapshot = s, s
	return got, nil
}

func readFile[T any](path string, parse func(io.Reader) (T, error)) (T, error) {
	file, err := os.Open(path)
	if err != nil {
		var none T
		return none, err
	}
	defer func() { _ = file.Close() }() // it was only read
	m, err := parse(file)
	if err != nil {
		err = fmt.Errorf("%s: %w", path, err)
	}
	return m, err
}

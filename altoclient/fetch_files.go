package altoclient

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// files fetches from map files. It reads them again when their size or time of change
// differs.
type files struct {
	paths  [3]string // of the network map, the costs and the properties; the last two may be empty
	limits Limits
	config SnapshotConfig

	seen       [3]fileVersion
	current    *Snapshot
	properties propertyFile // of current
	err        error        // of the versions seen
	missing    error        // why there were none to see
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
	for i, path := range f.paths {
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

func (f *files) read() (got fetched, err error) {
	m, err := f.parse()
	if err != nil {
		return got, err
	}
	if old := f.current; old != nil {
		same := old.network.sameContent(m.network)
		switch {
		case same && old.network.vtag == m.network.vtag && m.costs.sameContent(old.costs) && m.properties.hash == f.properties.hash:
			got.snapshot = old
			return got, nil
		case !same && old.network.vtag == m.network.vtag:
			got.retags++
		}
	}
	s, err := f.compile(m)
	if errors.Is(err, ErrSkew) {
		got.skews++
	}
	if err != nil {
		return got, err
	}
	f.current, f.properties, got.snapshot = s, m.properties, s
	return got, nil
}

// mapFiles is what the files say; what is left out is nil.
type mapFiles struct {
	network    *NetworkMap
	costs      *CostMap
	properties propertyFile
}

func (f *files) parse() (m mapFiles, err error) {
	m.network, err = readFile(f.paths[0], func(r io.Reader) (*NetworkMap, error) { return ParseNetworkMap(r, f.limits) })
	if err == nil && f.paths[1] != "" {
		m.costs, err = readFile(f.paths[1], func(r io.Reader) (*CostMap, error) { return ParseCostMap(r, m.network, f.limits) })
	}
	if err == nil && f.paths[2] != "" {
		m.properties, err = readFile(f.paths[2], func(r io.Reader) (propertyFile, error) { return parseProperties(r, f.limits) })
	}
	return m, err
}

// compile joins the files; the error names the one that does not belong to the network
// map.
func (f *files) compile(m mapFiles) (*Snapshot, error) {
	s, err := NewSnapshot(m.network, m.costs, f.config)
	if errors.Is(err, ErrSkew) {
		return nil, fmt.Errorf("%s: %w", f.paths[1], err)
	}
	if err != nil || m.properties.of == nil {
		return s, err
	}
	if s, err = s.WithProperties(m.properties.of); err != nil {
		return nil, fmt.Errorf("%s: %w", f.paths[2], err)
	}
	return s, nil
}

// propertyFile is a property map, and the hash of its file, which tells whether another
// says the same.
type propertyFile struct {
	of   *PropertyMap
	hash [sha256.Size]byte
}

func parseProperties(r io.Reader, limits Limits) (p propertyFile, err error) {
	hash := sha256.New()
	p.of, err = ParsePropertyMap(io.TeeReader(r, hash), limits)
	hash.Sum(p.hash[:0])
	return p, err
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

package mapbuild

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/altracker/altracker/altoclient/asnmap"
	"github.com/altracker/altracker/altoclient/mrt"
)

// sources are the files to be read, by kind.
type sources struct {
	tables   []string // as asnmap takes them
	embedded bool
	dumps    []string
	regions  []string
}

// sort tells the kinds of the files named in from.
func (s *sources) sort(from []string) error {
	for _, name := range from {
		kind, file, ok := strings.Cut(name, ":")
		switch {
		case asnmap.IsEmbedded(name):
			s.embedded = true
		case ok && kind == "mrt":
			s.dumps = append(s.dumps, file)
		case ok && kind == "regions":
			s.regions = append(s.regions, file)
		case ok && (kind == "asn-table" || kind == "mmdb"):
			s.tables = append(s.tables, name)
		default:
			if err := s.guess(name); err != nil {
				return err
			}
		}
	}
	return s.agree()
}

// guess tells the kind of a file by its name and its content.
func (s *sources) guess(file string) error {
	if ext := filepath.Ext(file); ext == ".yaml" || ext == ".yml" {
		s.regions = append(s.regions, file)
		return nil
	}
	return readUnpacked(file, func(r *bufio.Reader) error {
		if head, _ := r.Peek(12); mrt.Looks(head) {
			s.dumps = append(s.dumps, file)
		} else {
			s.tables = append(s.tables, file)
		}
		return nil
	})
}

// agree checks that the sources can be used together.
func (s *sources) agree() error {
	others := len(s.tables) + len(s.dumps)
	if s.embedded {
		others++
	}
	switch {
	case others+len(s.regions) == 0:
		return errors.New("no source is named")
	case len(s.regions) > 1 || len(s.regions) == 1 && others > 0:
		return fmt.Errorf("%s: a file of regions is a whole map; it cannot be combined with other sources", s.regions[0])
	case s.embedded && len(s.tables) > 0:
		return errors.New("the AS table in the binary cannot be combined with other tables")
	}
	return nil
}

// draft makes the map of the sources.
func (o Options) draft(ctx context.Context) (*draft, error) {
	var s sources
	if err := s.sort(o.From); err != nil {
		return nil, err
	}
	if len(s.regions) == 1 {
		return o.draftOfRegions(s.regions[0])
	}
	return o.draftOfASes(ctx, s)
}

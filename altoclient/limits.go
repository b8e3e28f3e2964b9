package altoclient

import (
	"errors"
	"fmt"
	"io"
)

// Limits bounds what a document may cost, so that no server can exhaust the
// memory of its clients. In each field 0 means the default.
type Limits struct {
	Bytes       int64 // of one document, decompressed; 0 means 256 MiB
	PIDs        int   // of one map; 0 means 65,536
	Prefixes    int   // of one network map; 0 means 4,000,000
	Pairs       int   // cells of one cost matrix; 0 means 32 Mi, that is 128 MiB
	Directories int   // of one closure of directories; 0 means 32
	Resources   int   // of one closure of directories; 0 means 10,000
}

func (l Limits) withDefaults() Limits {
	fill := func(have *int, def int) {
		if *have == 0 {
			*have = def
		}
	}
	if l.Bytes == 0 {
		l.Bytes = 256 << 20
	}
	fill(&l.PIDs, 1<<16)
	fill(&l.Prefixes, 4_000_000)
	fill(&l.Pairs, 32<<20)
	fill(&l.Directories, 32)
	fill(&l.Resources, 10_000)
	return l
}

// ErrTooLarge is in the chain of every error about a document that exceeds one
// of its [Limits].
var ErrTooLarge = errors.New("over the limit")

func tooMany(what string, limit int) error {
	return fmt.Errorf("more than %d %s: %w", limit, what, ErrTooLarge)
}

func tooManyBytes(limit int64) error {
	return fmt.Errorf("document has more than %d bytes: %w", limit, ErrTooLarge)
}

// cappedReader fails, where an [io.LimitedReader] would pretend that the
// document ends.
type cappedReader struct {
	r     io.Reader
	limit int64
	read  int64
}

func (c *cappedReader) Read(p []byte) (int, error) {
	if room := c.limit - c.read; int64(len(p)) > room+1 {
		p = p[:room+1]
	}
	n, err := c.r.Read(p)
	c.read += int64(n)
	if c.read > c.limit {
		return 0, tooManyBytes(c.limit)
	}
	return n, err
}

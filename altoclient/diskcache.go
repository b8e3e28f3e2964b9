package altoclient

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// diskCache keeps on disk what one source fetched last. It stands between the
// client and its transport: while a fetch goes on it writes the documents that
// pass into files beside those it has, and a fetch that ends well puts them all in
// their place by one rename, that of the manifest. After a restart the same fetch
// is made with the files for a server; so what a file says is read, checked and
// joined as what a server says, and the next question to the server names the
// versions that are at hand.
//
// The folder has a file for each document, named by its SHA-256, and the manifest.
type diskCache struct {
	dir       string
	source    string
	directory string // the URL, without what nobody should read
	limit     int64  // bytes of all documents
	maxAge    time.Duration
	base      http.RoundTripper

	mu       sync.Mutex // guards what follows
	manifest manifest   // of what is on disk
	staged   map[string]keptDocument
	touched  map[string]bool // keys that the server has confirmed
	offline  bool            // files answer
	found    error           // what was wrong with what an earlier run has kept
	err      error           // of the last attempt to keep something
}

const manifestName = "manifest"

// newDiskCache returns the cache of one source; nothing is read or written yet.
func newDiskCache(config SourceConfig) *diskCache {
	sum := sha256.Sum256([]byte(config.Name))
	readable := strings.Map(func(r rune) rune {
		if r < 0x80 && nameByte[r] && r != '.' && r != ':' {
			return r
		}
		return '_'
	}, config.Name)
	return &diskCache{
		dir:       filepath.Join(config.Cache, readable[:min(len(readable), 40)]+"-"+hex.EncodeToString(sum[:4])),
		source:    config.Name,
		directory: publicURL(config.Directory),
		limit:     cmp.Or(config.CacheBytes, 1<<30),
		maxAge:    config.MaxAge,
	}
}

// trouble returns what is wrong with the cache, empty if nothing is.
func (c *diskCache) trouble() string {
	if c == nil {
		return ""
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := errors.Join(c.found, c.err); err != nil {
		return fmt.Sprintf("cache %s: %v", c.dir, err)
	}
	return ""
}

func (c *diskCache) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.err = err
}

func (c *diskCache) broken() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err != nil
}

type fetchFunc = func(ctx context.Context, bypass bool) (fetched, error)

// keeping returns fetch, what it fetches being kept.
func (c *diskCache) keeping(fetch fetchFunc) fetchFunc {
	return func(ctx context.Context, bypass bool) (fetched, error) {
		c.begin()
		got, err := fetch(ctx, bypass)
		if got.snapshot == nil || ctx.Err() != nil {
			c.drop()
			return got, err
		}
		if err := c.commit(time.Now(), got.snapshot.VersionTag()); err != nil {
			c.fail(err)
		}
		return got, err
	}
}

// begin prepares for a fetch. If the folder could not be written to, it is tried
// again.
func (c *diskCache) begin() {
	c.drop()
	if c.broken() {
		c.fail(c.probe())
	}
}

func (c *diskCache) probe() error {
	file, err := c.create()
	if err != nil {
		return err
	}
	return errors.Join(file.Close(), os.Remove(file.Name()))
}

func (c *diskCache) create() (*os.File, error) {
	if err := os.MkdirAll(c.dir, 0o700); err != nil {
		return nil, err
	}
	return os.CreateTemp(c.dir, "new-*")
}

// drop forgets what a fetch that did not end well has left.
func (c *diskCache) drop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, d := range c.staged {
		if d.temporary != "" {
			_ = os.Remove(d.temporary) // what stays is swept by the next commit
		}
	}
	c.staged, c.touched = make(map[string]keptDocument), make(map[string]bool)
}

// commit makes what was fetched the cache's content.
func (c *diskCache) commit(now time.Time, tag VersionTag) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return c.err // something of this fetch is missing
	}
	next := c.manifest.updated(c.staged, c.touched, now, c.maxAge)
	next.Source, next.Directory, next.VersionTag, next.Checked = c.source, c.directory, tag.String(), now
	if size := next.size(); size > c.limit {
		return fmt.Errorf("documents have %d bytes: %w", size, ErrTooLarge)
	}
	if err := os.MkdirAll(c.dir, 0o700); err != nil {
		return err
	}
	for _, d := range c.staged {
		if d.temporary == "" {
			continue
		}
		if err := os.Rename(d.temporary, c.path(d.Sum)); err != nil {
			return err
		}
	}
	if err := c.write(next); err != nil {
		return err
	}
	c.manifest = next
	c.sweep()
	return nil
}

func (c *diskCache) path(sum string) string { return filepath.Join(c.dir, sum) }

// write replaces the manifest.
func (c *diskCache) write(m manifest) error {
	text, err := m.append(nil)
	if err != nil {
		return err
	}
	file, err := c.create()
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	err = errors.Join(err, file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), c.path(manifestName))
	}
	if err != nil {
		_ = os.Remove(file.Name())
	}
	return err
}

// sweep removes the files that the manifest does not name. What it fails to
// remove it meets again.
func (c *diskCache) sweep() {
	files, err := os.ReadDir(c.dir)
	if err != nil {
		return
	}
	for _, f := range files {
		if f.Name() != manifestName && !slices.ContainsFunc(c.manifest.Documents, func(d keptDocument) bool { return d.Sum == f.Name() }) {
			_ = os.Remove(c.path(f.Name()))
		}
	}
}

// restore makes a fetch from disk and returns what it brought, with the time when
// that was last known to be right; nothing if nothing was kept, or is of no use.
// What is damaged, or another source's, is put aside.
func (c *diskCache) restore(ctx context.Context, fetch fetchFunc) (*Snapshot, time.Time) {
	m, err := c.load()
	switch {
	case errors.Is(err, fs.ErrNotExist) && m.Source == "":
		return nil, time.Time{} // nothing is kept
	case errors.As(err, new(*fs.PathError)) && m.Source == "":
		c.fail(err) // nothing can be read: no reason to move it
		return nil, time.Time{}
	case err != nil:
		c.refuse(err)
		return nil, time.Time{}
	case time.Since(m.Checked) >= c.maxAge:
		c.lookAt(m, false) // it still tells versions
		c.tell(fmt.Errorf("what is kept was last known to be right at %s, which is more than %v ago", m.Checked.Format(time.RFC3339), c.maxAge))
		return nil, time.Time{}
	}
	c.lookAt(m, true)
	got, err := fetch(ctx, false)
	c.lookAt(m, false)
	switch {
	case ctx.Err() != nil:
	case got.snapshot == nil:
		c.refuse(err)
	case err != nil:
		c.tell(err)
	}
	return got.snapshot, m.Checked
}

// refuse puts the folder aside for somebody to look at, the last one only.
func (c *diskCache) refuse(err error) {
	c.lookAt(manifest{}, false)
	aside := c.dir + ".damaged"
	moved := os.RemoveAll(aside)
	if moved == nil {
		moved = os.Rename(c.dir, aside)
	}
	if moved == nil {
		moved = fmt.Errorf("what was kept is put aside in %s", aside)
	}
	c.tell(fmt.Errorf("%w; %w", err, moved))
}

func (c *diskCache) tell(found error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.found = found
}

func (c *diskCache) lookAt(m manifest, offline bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.manifest, c.offline = m, offline
}

// load reads the manifest and checks all that it names.
func (c *diskCache) load() (manifest, error) {
	text, err := readSmall(c.path(manifestName))
	if err != nil {
		return manifest{}, err
	}
	m, err := parseManifest(text)
	if err != nil {
		return manifest{}, fmt.Errorf("%s: %w", manifestName, err)
	}
	if m.Source != c.source || m.Directory != c.directory {
		return m, fmt.Errorf("%s: it is of source %q at %s", manifestName, m.Source, m.Directory)
	}
	for _, d := range m.Documents {
		if err := d.verify(c.path(d.Sum)); err != nil {
			return m, err
		}
	}
	return m, nil
}

const maxManifest = 16 << 20

func readSmall(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // it was only read
	return io.ReadAll(&cappedReader{r: file, limit: maxManifest})
}

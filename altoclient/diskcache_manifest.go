package altoclient

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// manifest says what the files of a [diskCache] are. On disk it is a line with the
// version of its form and the checksum of what follows, which is JSON.
type manifest struct {
	Source     string         `json:"source"`
	Directory  string         `json:"directory"`
	VersionTag string         `json:"vtag"`
	Checked    time.Time      `json:"checked"` // when all of it was last known to be right
	Documents  []keptDocument `json:"documents"`
}

// keptDocument is what a server answered to one request.
type keptDocument struct {
	Key          string    `json:"key"` // of the request, see requestKey
	URL          string    `json:"url"` // for people: without what nobody should read
	Status       int       `json:"status"`
	MediaType    string    `json:"media_type,omitzero"`
	ETag         string    `json:"etag,omitzero"`
	LastModified string    `json:"last_modified,omitzero"`
	Location     string    `json:"location,omitzero"` // of a redirect, which has no file
	Fetched      time.Time `json:"fetched"`
	Checked      time.Time `json:"checked"`
	Size         int64     `json:"size,omitzero"`
	Sum          string    `json:"sha256,omitzero"` // of the file, and its name

	temporary string // path of the file until it is committed
}

const manifestForm = "altracker-cache 1 sha256="

func (m manifest) append(b []byte) ([]byte, error) {
	body, err := json.Marshal(m, jsontext.WithIndent(" "))
	if err != nil {
		return b, err
	}
	sum := sha256.Sum256(body)
	b = append(b, manifestForm...)
	b = append(b, hex.EncodeToString(sum[:])...)
	b = append(b, '\n')
	return append(b, body...), nil
}

func parseManifest(text []byte) (manifest, error) {
	var m manifest
	head, body, found := bytes.Cut(text, []byte("\n"))
	sum, ours := strings.CutPrefix(string(head), manifestForm)
	if !found || !ours {
		return m, fmt.Errorf("it does not begin with %q", manifestForm)
	}
	if want := sha256.Sum256(body); sum != hex.EncodeToString(want[:]) {
		return m, errors.New("the checksum is wrong")
	}
	if err := json.Unmarshal(body, &m); err != nil {
		return manifest{}, err
	}
	for _, d := range m.Documents {
		// The sum becomes a path.
		if raw, err := hex.DecodeString(d.Sum); err != nil || d.Sum != "" && len(raw) != sha256.Size || d.Size < 0 {
			return manifest{}, fmt.Errorf("document %s: size %d, sha256 %q", d.URL, d.Size, d.Sum)
		}
	}
	return m, nil
}

// updated returns the manifest after a fetch: with what it brought, what it
// confirmed, and the rest that is not too old.
func (m manifest) updated(staged map[string]keptDocument, confirmed map[string]bool, now time.Time, maxAge time.Duration) manifest {
	next := m
	next.Documents = nil
	for _, d := range m.Documents {
		if confirmed[d.Key] {
			d.Checked = now
		}
		if _, replaced := staged[d.Key]; !replaced && now.Sub(d.Checked) < maxAge {
			next.Documents = append(next.Documents, d)
		}
	}
	for _, d := range staged {
		next.Documents = append(next.Documents, d)
	}
	slices.SortFunc(next.Documents, func(a, b keptDocument) int { return strings.Compare(a.URL+a.Key, b.URL+b.Key) })
	return next
}

func (m manifest) size() (n int64) {
	for _, d := range m.Documents {
		n += d.Size
	}
	return n
}

// find returns the answer to a request. A request that a redirect led to may lack
// the query, which is not kept: then its URL has to do.
func (m manifest) find(key, url string) (keptDocument, bool) {
	var sameURL []keptDocument
	for _, d := range m.Documents {
		if d.Key == key {
			return d, true
		}
		if d.URL == url {
			sameURL = append(sameURL, d)
		}
	}
	if len(sameURL) == 1 {
		return sameURL[0], true
	}
	return keptDocument{}, false
}

// verify checks that a file is what the manifest says.
func (d keptDocument) verify(path string) error {
	if d.Sum == "" {
		return nil
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // it was only read
	h := sha256.New()
	size, err := io.Copy(h, io.LimitReader(file, d.Size+1))
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", d.URL, err)
	case size != d.Size:
		return fmt.Errorf("%s: file %.16s has another size than %d bytes", d.URL, d.Sum, d.Size)
	case hex.EncodeToString(h.Sum(nil)) != d.Sum:
		return fmt.Errorf("%s: file %.16s has another content than it is named for", d.URL, d.Sum)
	}
	return nil
}

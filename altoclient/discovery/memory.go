package discovery

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
)

// remembered is what is kept of a claim for a later run. In a file it is a line of
// JSON; the first line has the version of that form and the checksum of the others.
type remembered struct {
	Prefix    netip.Prefix `json:"prefix,omitzero"` // none: that of the domain
	Found     string       `json:"found"`           // the domain name at which it was found
	URIs      []string     `json:"uris"`
	At        int          `json:"at,omitzero"` // the one in use
	Name      string       `json:"name"`        // of the source that it makes
	Confirmed time.Time    `json:"confirmed"`   // when the DNS last said so
	Expires   time.Time    `json:"expires"`
}

const memoryForm = "altracker-discovery 1 sha256="

// maxMemory bounds the file, in bytes: what claims beyond it say is forgotten. A
// usual claim has 250.
const maxMemory = 4 << 20

// appendMemory appends the file that keeps list, the first of it first.
func appendMemory(b []byte, list []remembered) ([]byte, error) {
	var body []byte
	for _, m := range list {
		line, err := json.Marshal(m)
		if err != nil {
			return b, err
		}
		if len(memoryForm)+2*sha256.Size+1+len(body)+len(line)+1 > maxMemory {
			break
		}
		body = append(append(body, line...), '\n')
	}
	return appendChecksummed(b, body), nil
}

func appendChecksummed(b, body []byte) []byte {
	sum := sha256.Sum256(body)
	b = append(b, memoryForm...)
	b = hex.AppendEncode(b, sum[:])
	b = append(b, '\n')
	return append(b, body...)
}

func parseMemory(text []byte) ([]remembered, error) {
	head, body, found := bytes.Cut(text, []byte("\n"))
	sum, ours := strings.CutPrefix(string(head), memoryForm)
	if !found || !ours {
		return nil, fmt.Errorf("it does not begin with %q", memoryForm)
	}
	if want := sha256.Sum256(body); sum != hex.EncodeToString(want[:]) {
		return nil, errors.New("the checksum is wrong")
	}
	var list []remembered
	for line := range bytes.Lines(body) {
		var m remembered
		err := json.Unmarshal(bytes.TrimSuffix(line, []byte("\n")), &m, json.RejectUnknownMembers(true))
		if err == nil {
			err = m.check()
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", len(list)+2, err)
		}
		list = append(list, m)
	}
	return list, nil
}

func (m remembered) check() error {
	if m.Prefix != (netip.Prefix{}) {
		rungs, err := Ladder(m.Prefix)
		if err != nil {
			return err
		}
		if rungs[0].Prefix != m.Prefix {
			return fmt.Errorf("prefix %v: want one at which servers are looked for", m.Prefix)
		}
	}
	if m.Found != qualified(m.Found) {
		return fmt.Errorf("%.100q: want a fully qualified name", m.Found)
	}
	if m.At < 0 || m.At >= len(m.URIs) || len(m.URIs) > maxURIs {
		return fmt.Errorf("the URI in use is %d of %d", m.At, len(m.URIs))
	}
	for _, text := range m.URIs {
		if u, err := parseURI(text); err != nil {
			return err
		} else if u.Scheme != protocolHTTPS && u.Scheme != protocolHTTP {
			return fmt.Errorf("%.100q: want a URI of https or http", text)
		}
	}
	if base := baseName(m.URIs[m.At]); m.Name != base && !strings.HasPrefix(m.Name, base+"#") {
		return fmt.Errorf("%.100q is no name of a source at %.100q", m.Name, m.URIs[m.At])
	}
	return nil
}

// readMemory reads the file at path. What is damaged is put aside for somebody to
// look at; the error is there to be told, no reason to stop.
func readMemory(path string) ([]remembered, error) {
	file, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(file, maxMemory+1))
	_ = file.Close() // it was only read
	if err != nil {
		return nil, err
	}
	list, err := parseMemory(text)
	if len(text) > maxMemory {
		err = fmt.Errorf("it has more than %d bytes", maxMemory)
	}
	if err != nil {
		aside := path + ".damaged"
		return nil, errors.Join(fmt.Errorf("%s, now at %s: %w", path, aside, err), os.Rename(path, aside))
	}
	return list, nil
}

// writeMemory replaces the file at path.
func writeMemory(path string, list []remembered) error {
	text, err := appendMemory(nil, list)
	if err != nil {
		return err
	}
	folder, base := filepath.Split(path)
	if err := os.MkdirAll(filepath.Clean(folder), 0o700); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Clean(folder), base+".*.tmp")
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	err = errors.Join(err, file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		_ = os.Remove(file.Name())
	}
	return err
}

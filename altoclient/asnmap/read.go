package asnmap

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// The names of the map in the binary, where a table is asked for.
const (
	embeddedName  = "embedded"
	embeddedAlias = "asn-table"
)

// maxTable is the size, in bytes and unpacked, up to which a table is read.
const maxTable = 1 << 30

// Read makes a map of tables, which add up: the ASes of addresses in one, the
// countries in another. Each is named as in [Builder.Read]. The name "embedded",
// or asn-table without a file, means the map in the binary; it stands alone.
func Read(names ...string) (*Map, error) {
	if len(names) == 0 {
		return nil, errors.New("no table is named")
	}
	var b Builder
	for _, name := range names {
		if IsEmbedded(name) {
			if len(names) > 1 {
				return nil, fmt.Errorf("table %s: the map in the binary cannot be combined with others", name)
			}
			return Embedded()
		}
		if err := b.Read(name); err != nil {
			return nil, err
		}
	}
	m, err := b.Build()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", strings.Join(names, ", "), err)
	}
	return m, nil
}

// IsEmbedded tells whether name stands for the map in the binary.
func IsEmbedded(name string) bool { return name == embeddedName || name == embeddedAlias }

// readNamed takes in the table FILE or KIND:FILE.
func (t *tables) readNamed(name string) error {
	kind, file, ok := strings.Cut(name, ":")
	if !ok || kind != "asn-table" && kind != "mmdb" {
		kind, file = "", name
	}
	data, err := readFile(file)
	if err != nil {
		return err
	}
	if kind == "mmdb" || kind == "" && isMMDB(data) {
		return t.readMMDB(file, data)
	}
	return t.readCSV(file, bytes.NewReader(data))
}

// readFile reads a file and unpacks it if it is packed.
func readFile(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := readLimited(f)
	if err == nil && bytes.HasPrefix(data, []byte("\x1f\x8b")) {
		data, err = unpack(data)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return data, nil
}

// unpack reverses gzip.
func unpack(data []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	return readLimited(z)
}

func readLimited(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxTable+1))
	if err == nil && len(data) > maxTable {
		err = fmt.Errorf("the table is larger than %d MiB", maxTable>>20)
	}
	return data, err
}

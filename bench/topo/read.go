package topo

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// readers are the formats that ReadFile knows, by the ending of the file's name.
var readers = map[string]func(r io.Reader, name string) (*Graph, error){
	".json": ReadNodeLink,
	".yaml": ReadLHCONE,
	".yml":  ReadLHCONE,
}

// ReadFile reads a network from a file in one of the formats known.
func ReadFile(path string) (*Graph, error) {
	ending := strings.ToLower(filepath.Ext(path))
	read, ok := readers[ending]
	if !ok {
		return nil, fmt.Errorf("%s: no network is read from a file that ends in %q", path, ending)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return read(f, path)
}

package topo

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

type reader func(r io.Reader, name string) (*Graph, error)

// ReadFile reads a network from a file, which may be packed by gzip or bzip2. Its format is
// told by the ending of its name, or else by its beginning; it gives the graph its name.
func ReadFile(path string) (*Graph, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	plain, err := unpack(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	name := unpackedName(filepath.Base(path))
	read := readerByEnding(name)
	if read == nil {
		read = readerByStart(plain)
	}
	if read == nil {
		return nil, fmt.Errorf("%s: neither its name nor its beginning is that of GraphML, GML, SNDlib, node-link JSON, AS relationships or LHCONE", path)
	}
	g, err := read(plain, path)
	if err != nil {
		return nil, err
	}
	g.Name = strings.TrimSuffix(name, filepath.Ext(name))
	return g, nil
}

func unpackedName(name string) string {
	switch ext := filepath.Ext(name); strings.ToLower(ext) {
	case ".gz", ".bz2":
		return strings.TrimSuffix(name, ext)
	}
	return name
}

// readerByEnding is nil for .xml, .txt and others that say too little.
func readerByEnding(name string) reader {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".graphml":
		return ReadGraphML
	case ".gml":
		return ReadGML
	case ".json":
		return ReadNodeLink
	case ".yaml", ".yml":
		return ReadLHCONE
	}
	return nil
}

func readerByStart(plain *bufio.Reader) reader {
	start, _ := plain.Peek(startSize)
	start = bytes.TrimSpace(start)
	if bytes.HasPrefix(start, []byte("?SNDlib native format")) {
		return ReadSNDlibNative
	}
	switch first := start; {
	case bytes.HasPrefix(first, []byte("<")) && bytes.Contains(first, []byte("<graphml")):
		return ReadGraphML
	case bytes.HasPrefix(first, []byte("<")) && bytes.Contains(first, []byte("<network")):
		return ReadSNDlibXML
	case bytes.HasPrefix(first, []byte("{")):
		return ReadNodeLink
	}
	return readerByLine(firstLine(start))
}

// firstLine skips comments and empty lines.
func firstLine(text []byte) string {
	for line := range bytes.Lines(text) {
		line = bytes.TrimSpace(line)
		if len(line) > 0 && line[0] != '#' {
			return string(line)
		}
	}
	return ""
}

func readerByLine(line string) reader {
	word, _, _ := strings.Cut(line, " ")
	switch word {
	case "META", "NODES", "LINKS", "DEMANDS":
		return ReadSNDlibNative
	case "links:", "nodes:", "---":
		return ReadLHCONE
	case "graph", "Creator", "Version", "directed", "comment":
		return ReadGML
	}
	if strings.Count(line, "|") >= 2 && line[0] >= '0' && line[0] <= '9' {
		return ReadRelationships
	}
	return nil
}

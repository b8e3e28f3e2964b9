// Command generate makes data/asnmap.gz, the map that ships in the binary, of
// the CSV tables named in data/README.md. It is run in the folder above:
//
//	go run ./generate --from DIR
package main

import (
	"bytes"
	"compress/gzip"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/altracker/altracker/altoclient/asnmap"
)

func main() {
	from := flag.String("from", ".", "folder of asn-ipv4.csv.gz, asn-ipv6.csv.gz and asn-names.csv.gz")
	out := flag.String("out", filepath.Join("data", "asnmap.gz"), "file to write")
	flag.Parse()
	if err := generate(*from, *out); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

// generate reads the tables in a folder and writes the packed map.
func generate(from, out string) error {
	m, err := asnmap.Read(
		filepath.Join(from, "asn-ipv4.csv.gz"),
		filepath.Join(from, "asn-ipv6.csv.gz"),
		filepath.Join(from, "asn-names.csv.gz"),
	)
	if err != nil {
		return err
	}
	data, err := m.AppendBinary(nil)
	if err != nil {
		return err
	}
	packed, err := pack(data)
	if err != nil {
		return err
	}
	fmt.Printf("%d PIDs, %d bytes, packed %d\n", m.PIDs(), len(data), len(packed))
	return os.WriteFile(out, packed, 0o644)
}

// pack compresses data; equal data give equal bytes, as no time is written.
func pack(data []byte) ([]byte, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := z.Write(data); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

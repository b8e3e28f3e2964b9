package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/altracker/altracker/altoclient/asnmap"
)

var tables = []string{"asn-ipv4.csv", "asn-ipv6.csv", "asn-names.csv"}

func TestTheFileHoldsTheMapOfTheTables(t *testing.T) {
	dir := t.TempDir()
	var plain []string
	for _, name := range tables {
		file := filepath.Join("..", "testdata", name)
		data := read(t, file)
		write(t, filepath.Join(dir, name+".gz"), data)
		plain = append(plain, file)
	}
	m, err := asnmap.Read(plain...)
	if err != nil {
		t.Fatal(err)
	}
	want, err := m.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	first, second := filepath.Join(dir, "first"), filepath.Join(dir, "second")
	for _, out := range []string{first, second} {
		if err := generate(dir, out); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(read(t, first), read(t, second)) {
		t.Error("the same tables give another file")
	}
	if !bytes.Equal(unpack(t, first), want) {
		t.Error("the file holds another map")
	}
}

func TestMissingTablesAreNamed(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	if err := generate(t.TempDir(), out); err == nil {
		t.Error("an empty folder is accepted")
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("a file was written")
	}
}

// TestTheCommittedFileIsUpToDate needs the tables of data/README.md.
func TestTheCommittedFileIsUpToDate(t *testing.T) {
	dir := os.Getenv("ASNMAP_TABLES")
	if dir == "" {
		t.Skip("ASNMAP_TABLES names no folder")
	}
	out := filepath.Join(t.TempDir(), "out")
	if err := generate(dir, out); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(unpack(t, out), unpack(t, filepath.Join("..", "data", "asnmap.gz"))) {
		t.Error("data/asnmap.gz was made of other tables")
	}
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// write packs data into a file.
func write(t *testing.T, file string, data []byte) {
	t.Helper()
	packed, err := pack(data)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, packed, 0o600); err != nil {
		t.Fatal(err)
	}
}

// unpack returns what a packed file holds.
func unpack(t *testing.T, file string) []byte {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(read(t, file)))
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

package mapbuild

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// readUnpacked opens a file, unpacks it if it is packed with gzip or bzip2, and
// lets read read it.
func readUnpacked(file string, read func(*bufio.Reader) error) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	r := bufio.NewReaderSize(f, 1<<16)
	switch head, _ := r.Peek(3); { // a file that cannot be read fails again when it is
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		z, err := gzip.NewReader(r)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		r = bufio.NewReaderSize(z, 1<<16)
	case bytes.HasPrefix(head, []byte("BZh")):
		r = bufio.NewReaderSize(bzip2.NewReader(r), 1<<16)
	}
	return read(r)
}

// replaceFiles writes all files beside their places before it moves the first, so
// that a reader sees the old one or the new one.
func replaceFiles(dir string, files map[string][]byte) (err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	written := make(map[string]string)
	defer func() {
		for _, temporary := range written {
			err = errors.Join(err, os.Remove(temporary))
		}
	}()
	for name, data := range files {
		temporary, err := writeTemporary(dir, name, data)
		if err != nil {
			return err
		}
		written[name] = temporary
	}
	for name, temporary := range written {
		if err := os.Rename(temporary, filepath.Join(dir, name)); err != nil {
			return err
		}
		delete(written, name)
	}
	return nil
}

// writeTemporary writes data to a new file in dir and onto the disk.
func writeTemporary(dir, name string, data []byte) (file string, err error) {
	f, err := os.CreateTemp(dir, name+".*")
	if err != nil {
		return "", err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close())
	if err != nil {
		return "", errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), nil
}

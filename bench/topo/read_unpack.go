package topo

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"fmt"
	"io"
)

// maxUnpacked is how large a file may be once it is unpacked. The largest that is known has
// 20 MB: the AS relationships of a month.
const maxUnpacked = 256 << 20

// unpack reads what may be packed by gzip or bzip2, and fails where it grows too large.
func unpack(r io.Reader) (*bufio.Reader, error) {
	packed := bufio.NewReader(r)
	start, _ := packed.Peek(4)
	var plain io.Reader = packed
	switch {
	case bytes.HasPrefix(start, []byte("\x1f\x8b")):
		z, err := gzip.NewReader(packed)
		if err != nil {
			return nil, err
		}
		plain = z
	case bytes.HasPrefix(start, []byte("BZh")):
		plain = bzip2.NewReader(packed)
	}
	text := bufio.NewReaderSize(&capped{plain, maxUnpacked}, startSize)
	if mark, _ := text.Peek(len(byteOrderMark)); string(mark) == byteOrderMark {
		_, err := text.Discard(len(byteOrderMark))
		return text, err
	}
	return text, nil
}

// byteOrderMark begins files of some editors.
const byteOrderMark = "\ufeff"

// startSize is how much of a file is looked at to tell its format.
const startSize = 64 << 10

// capped fails after so many bytes, where io.LimitReader would end.
type capped struct {
	r    io.Reader
	left int64
}

func (c *capped) Read(p []byte) (int, error) {
	if c.left < 0 {
		return 0, fmt.Errorf("more than %d MiB", maxUnpacked>>20)
	}
	n, err := c.r.Read(p[:min(int64(len(p)), c.left+1)])
	c.left -= int64(n)
	if c.left < 0 {
		return n - 1, fmt.Errorf("more than %d MiB", maxUnpacked>>20)
	}
	return n, err
}

// unpackDocument reads the whole of a document that a library parses at once, which takes
// many times its size.
func unpackDocument(r io.Reader) ([]byte, error) {
	plain, err := unpack(r)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(plain, maxDocument+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxDocument {
		return nil, fmt.Errorf("more than %d MiB", maxDocument>>20)
	}
	return text, nil
}

// The largest of SNDlib, the Topology Zoo and TopoHub has 5 MB.
const maxDocument = 32 << 20

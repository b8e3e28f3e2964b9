package mrt

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
)

// RIB is what all peers say of one prefix.
type RIB struct {
	Prefix  netip.Prefix
	Entries []Entry
}

// Entry is the route of one peer.
type Entry struct {
	Peer Peer
	Path Path
}

// Peer is a neighbour of the collector.
type Peer struct {
	AS   uint32
	Addr netip.Addr
}

// The record types and subtypes that are read (RFC 6396 section 4.3, RFC 8050
// section 4).
const (
	typeTableDumpV2 = 13

	subtypePeerIndexTable = 1
	subtypeIPv4Unicast    = 2
	subtypeIPv6Unicast    = 4
	subtypeIPv4AddPath    = 8
	subtypeIPv6AddPath    = 10
)

const headerSize = 12

// maxRecord bounds a record. Thousands of peers with the longest attributes there
// are do not reach it.
const maxRecord = 64 << 20

// Looks tells whether a file that begins with these bytes, twelve or more, is a
// dump as NewReader wants it.
func Looks(head []byte) bool {
	return len(head) >= headerSize &&
		binary.BigEndian.Uint16(head[4:]) == typeTableDumpV2 &&
		binary.BigEndian.Uint16(head[6:]) == subtypePeerIndexTable
}

// Reader reads a dump. It is not safe for use by several goroutines.
type Reader struct {
	r       *bufio.Reader
	head    [headerSize]byte
	body    []byte // of the record at hand
	peers   []Peer
	indexed bool // there was a table of peers
	record  int  // its number, from 1
	offset  int64
	skipped int
	rib     RIB
	paths   arena
}

// NewReader returns a Reader of an unpacked dump.
func NewReader(r io.Reader) *Reader { return &Reader{r: bufio.NewReaderSize(r, 1<<16)} }

// Peers returns the peers of the last table of peers read. The slice must not be
// changed.
func (r *Reader) Peers() []Peer { return r.peers }

// Skipped returns how many records of other kinds there were.
func (r *Reader) Skipped() int { return r.skipped }

// Next returns what the peers say of the next prefix; io.EOF after the last. What
// it returns is valid until the next call. Other errors name the record and the
// byte of the file at which it begins; after one, there is nothing more to read.
func (r *Reader) Next() (*RIB, error) {
	for {
		start := r.offset
		kind, err := r.readRecord()
		if errors.Is(err, io.EOF) {
			return nil, io.EOF
		}
		found := false
		if err == nil {
			found, err = r.parseRecord(kind)
		}
		if err != nil {
			return nil, fmt.Errorf("record %d at byte %d: %w", r.record, start, err)
		}
		if found {
			return &r.rib, nil
		}
	}
}

// recordKind is the type and the subtype of a record.
type recordKind struct{ main, sub uint16 }

// readRecord reads the next record into body.
func (r *Reader) readRecord() (recordKind, error) {
	head := &r.head
	n, err := io.ReadFull(r.r, head[:])
	if errors.Is(err, io.EOF) {
		return recordKind{}, io.EOF
	}
	r.record++
	r.offset += int64(n)
	if err != nil {
		return recordKind{}, cut(err)
	}
	kind := recordKind{binary.BigEndian.Uint16(head[4:]), binary.BigEndian.Uint16(head[6:])}
	size := binary.BigEndian.Uint32(head[8:])
	if size > maxRecord {
		return kind, fmt.Errorf("it claims %d bytes, at most %d are read", size, maxRecord)
	}
	if err := r.readBody(int(size)); err != nil {
		return kind, cut(err)
	}
	return kind, nil
}

// readBody reads size bytes. Memory grows with what is there, not with what a
// damaged record claims.
func (r *Reader) readBody(size int) error {
	r.body = r.body[:0]
	for size > 0 {
		step := min(size, 1<<16)
		at := len(r.body)
		r.body = slices.Grow(r.body, step)[:at+step]
		n, err := io.ReadFull(r.r, r.body[at:])
		r.offset += int64(n)
		if err != nil {
			return err
		}
		size -= step
	}
	return nil
}

// cut says in better words that the file ends too early.
func cut(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("the file ends inside it: %w", io.ErrUnexpectedEOF)
	}
	return err
}

// parseRecord parses body; found tells whether it has filled rib.
func (r *Reader) parseRecord(kind recordKind) (found bool, err error) {
	if kind.main != typeTableDumpV2 {
		r.skipped++
		return false, nil
	}
	switch kind.sub {
	case subtypePeerIndexTable:
		return false, r.parsePeers()
	case subtypeIPv4Unicast:
		return true, r.parseRIB(false, false)
	case subtypeIPv6Unicast:
		return true, r.parseRIB(true, false)
	case subtypeIPv4AddPath:
		return true, r.parseRIB(false, true)
	case subtypeIPv6AddPath:
		return true, r.parseRIB(true, true)
	default:
		r.skipped++
		return false, nil
	}
}

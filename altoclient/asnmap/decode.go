package asnmap

import (
	"errors"
	"fmt"
)

// decode reads the binary form of a map. It accepts nothing that AppendBinary
// would not write.
func decode(data []byte) (*Map, error) {
	d := decoder{data: data}
	if string(d.bytes(len(magic))) != magic {
		return nil, errors.New("not the binary form of a map, or of another version")
	}
	a := continents()
	places := d.places(a)
	m := &Map{places: append(places, place{})}
	for f := ipv4; f <= ipv6; f++ {
		m.tables[f] = d.table(f, m.defaultPID())
	}
	if d.err == nil && len(d.data) > 0 {
		d.fail("%d bytes too many", len(d.data))
	}
	if d.err != nil {
		return nil, fmt.Errorf("binary form of a map: %d bytes before its end: %w", len(d.data), d.err)
	}
	for _, t := range m.tables {
		t.seal()
	}
	m.groups = groupsOf(m.places, a)
	return m, nil
}

// A decoder takes values off data, until the first error.
type decoder struct {
	data []byte
	err  error
}

func (d *decoder) fail(format string, args ...any) {
	if d.err == nil {
		d.err = fmt.Errorf(format, args...)
	}
}

// bytes takes n bytes; it returns none after an error.
func (d *decoder) bytes(n int) []byte {
	if d.err != nil || n > len(d.data) {
		d.fail("the end is missing")
		return nil
	}
	b := d.data[:n]
	d.data = d.data[n:]
	return b
}

// number takes a varint of up to 128 bits.
func (d *decoder) number() number {
	var n number
	for shift := 0; ; shift += 7 {
		b := d.bytes(1)
		if len(b) == 0 {
			return number{}
		}
		digit := number{lo: uint64(b[0] & 0x7f)}
		part := digit.left(shift)
		if shift > 127 || part.right(shift) != digit || shift > 0 && b[0] == 0 {
			d.fail("a number is too long")
			return number{}
		}
		n = n.or(part)
		if b[0] < 0x80 {
			return n
		}
	}
}

// upTo takes a varint that is not greater than limit.
func (d *decoder) upTo(limit uint64) uint64 {
	n := d.number()
	if n.hi != 0 || n.lo > limit {
		d.fail("a number is above %d", limit)
		return 0
	}
	return n.lo
}

// count takes how many values follow, of which each takes at least one byte: no
// count makes the decoder allocate more than a small multiple of the input.
func (d *decoder) count() int { return int(d.upTo(uint64(len(d.data)))) }

func (d *decoder) places(a atlas) []place {
	var places []place
	for range d.count() {
		p := place{country: d.country()}
		n := d.count()
		if n == 0 || len(places) > 0 && p.country == places[len(places)-1].country {
			d.fail("country %v has no place of its own", p.country)
		}
		for range n {
			p.asn += uint32(d.upTo(uint64(^p.asn)))
			if k := len(places); p == (place{}) || k > 0 && a.compare(places[k-1], p) >= 0 {
				d.fail("place %v is out of order", p)
			}
			if d.err != nil {
				return nil
			}
			places = append(places, p)
		}
	}
	return places
}

// country takes a code, or two zero bytes.
func (d *decoder) country() country {
	b := d.bytes(2)
	if len(b) == 0 || b[0] == 0 && b[1] == 0 {
		return 0
	}
	if !isLetter(b[0]) || !isLetter(b[1]) {
		d.fail("country % x is not two letters", b)
	}
	return country(b[0])<<8 | country(b[1])
}

// table takes the table of one family; defaultPID is also the greatest.
func (d *decoder) table(f family, defaultPID uint32) *table {
	n := d.count()
	if n == 0 {
		d.fail("a table is empty")
		return nil
	}
	t := &table{family: f, starts: make([]number, n), values: make([]uint32, n)}
	shifts := d.bytes(n - 1)
	for i, shift := range shifts {
		t.starts[i+1] = d.start(t.starts[i], int(shift), f)
	}
	for i := range t.values {
		pid := uint32(d.upTo(uint64(defaultPID) - 1))
		if pid == 0 {
			pid = defaultPID
		}
		t.values[i] = pid
		if i > 0 && pid == t.values[i-1] {
			d.fail("two neighbours have PID %d", pid)
		}
		if d.err != nil {
			return nil
		}
	}
	return t
}

// start takes the size of a range, less its trailing zero bits, and returns
// where the next one starts.
func (d *decoder) start(before number, shift int, f family) number {
	size := d.number()
	if d.err != nil {
		return number{}
	}
	if size.lo&1 == 0 || shift >= f.bits() || size.left(shift).right(shift) != size {
		d.fail("the size of a range is wrong")
		return number{}
	}
	next, fits := before.plus(size.left(shift))
	if !fits || next.compare(f.last()) > 0 {
		d.fail("a range is too long")
	}
	return next
}

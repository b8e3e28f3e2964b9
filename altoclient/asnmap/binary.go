package asnmap

import "encoding/binary"

// The binary form of a map is
//
//	magic
//	count of countries; for each: code (2 bytes), count of places, then of
//	each place the AS number, from the second on as what it adds to the one before
//	for IPv4 and for IPv6, of the table:
//	  count of ranges
//	  of each but the last, its size: trailing zero bits (1 byte each) ...
//	  ... and what is left when these are shifted out
//	  of each, its PID, 0 for the default
//
// Numbers are varints as in encoding/binary, only up to 128 bits long. Columns
// stand by themselves because they compress better so.
const magic = "asnmap1\n"

// AppendBinary appends the form in which the map ships in the binary, before it
// is packed. There is never an error.
func (m *Map) AppendBinary(b []byte) ([]byte, error) {
	b = append(b, magic...)
	b = appendPlaces(b, m.places[:len(m.places)-1])
	for _, t := range m.tables {
		b = m.appendTable(b, t)
	}
	return b, nil
}

func appendPlaces(b []byte, places []place) []byte {
	var codes []country
	for i, p := range places {
		if i == 0 || p.country != places[i-1].country {
			codes = append(codes, p.country)
		}
	}
	b = binary.AppendUvarint(b, uint64(len(codes)))
	for _, code := range codes {
		n := 0
		for n < len(places) && places[n].country == code {
			n++
		}
		b = binary.BigEndian.AppendUint16(b, uint16(code))
		b = binary.AppendUvarint(b, uint64(n))
		var before uint32
		for _, p := range places[:n] {
			b = binary.AppendUvarint(b, uint64(p.asn-before))
			before = p.asn
		}
		places = places[n:]
	}
	return b
}

func (m *Map) appendTable(b []byte, t *table) []byte {
	b = binary.AppendUvarint(b, uint64(len(t.starts)))
	sizes := make([]number, len(t.starts)-1)
	for i := range sizes {
		sizes[i] = t.starts[i+1].minus(t.starts[i])
		b = append(b, byte(sizes[i].trailingZeros()))
	}
	for _, size := range sizes {
		b = appendNumber(b, size.right(size.trailingZeros()))
	}
	for _, pid := range t.values {
		if pid == m.defaultPID() {
			pid = 0
		}
		b = binary.AppendUvarint(b, uint64(pid))
	}
	return b
}

func appendNumber(b []byte, n number) []byte {
	for ; n.hi != 0 || n.lo >= 0x80; n = n.right(7) {
		b = append(b, byte(n.lo)|0x80)
	}
	return append(b, byte(n.lo))
}

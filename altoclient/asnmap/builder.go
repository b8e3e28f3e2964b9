package asnmap

import "net/netip"

// Builder collects what tables and others say of addresses. The zero value is
// ready to use.
//
// An AS counts to the country that an asn,country table names, or else to the
// one that holds most of its addresses. Where ranges of the same kind overlap,
// the one that starts later holds until it ends, and of two equal ones the last
// taken in: a range inside another is an exception to it.
type Builder struct{ tables tables }

// Read takes in a table. It is named FILE, or KIND:FILE where KIND is asn-table
// (CSV) or mmdb; without a kind the content tells. The file may be packed with
// gzip. Errors name the place in the file.
func (b *Builder) Read(name string) error { return b.tables.readNamed(name) }

// Route takes in that the addresses of a prefix are of an AS.
func (b *Builder) Route(prefix netip.Prefix, asn uint32) {
	b.tables.addPrefix(prefix, place{asn: asn})
}

// Countries takes in the countries of the ASes of another map, not its addresses.
func (b *Builder) Countries(m *Map) {
	for _, p := range m.places {
		b.tables.addOrigin(p.asn, p.country)
	}
}

// Build makes the map. Addresses with an AS are in its PID; those with only a
// country in the country's; the others in the default PID. It fails if no address
// has either.
func (b *Builder) Build() (*Map, error) { return b.tables.build() }

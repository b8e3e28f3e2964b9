package altoclient

import (
	"io"
	"net/netip"

	"github.com/go-json-experiment/json/jsontext"
)

// ParseNetworkMap reads an application/alto-networkmap+json document (RFC 7285
// section 11.2.1.6) straight into its compiled form.
//
// Address types other than ipv4 and ipv6 are ignored, though a PID that has only
// such addresses keeps its name; so are unknown fields. A prefix that two PIDs
// hold refuses the map, as does anything ill-typed; the error is a [*ParseError]
// or, for a reader that fails, has the reader's error in its chain.
func ParseNetworkMap(r io.Reader, limits Limits) (*NetworkMap, error) {
	p := networkMapParser{limits: limits.withDefaults()}
	p.document = open(r, p.limits)
	if err := p.object(p.member); err != nil {
		return nil, err
	}
	if err := p.close(); err != nil {
		return nil, err
	}
	if p.vtag == (VersionTag{}) {
		return nil, missing("/meta/vtag")
	}
	if !p.sawMap {
		return nil, missing("/network-map")
	}
	return p.builder.Build(p.vtag), nil
}

type networkMapParser struct {
	*document
	limits  Limits
	builder NetworkMapBuilder
	vtag    VersionTag
	sawMap  bool
	seen    int // prefixes
}

func (p *networkMapParser) member(name []byte) error {
	switch string(name) {
	case "meta":
		return p.object(p.meta)
	case "network-map":
		p.sawMap = true
		return p.object(p.group)
	}
	return p.skip()
}

func (p *networkMapParser) meta(name []byte) (err error) {
	if string(name) != "vtag" {
		return p.skip()
	}
	p.vtag, err = p.versionTag()
	return err
}

// group reads the addresses of one PID.
func (p *networkMapParser) group(name []byte) error {
	pid, err := p.builder.PID(string(name))
	if err != nil {
		return p.errorf("%w", err)
	}
	if int(pid) > p.limits.PIDs {
		return p.errorf("%w", tooMany("PIDs", p.limits.PIDs))
	}
	return p.object(func(addressType []byte) error {
		switch string(addressType) {
		case "ipv4":
			return p.array(func() error { return p.prefix(pid, true) })
		case "ipv6":
			return p.array(func() error { return p.prefix(pid, false) })
		}
		return p.skip()
	})
}

func (p *networkMapParser) prefix(pid uint32, v4 bool) error {
	text, err := p.text()
	if err != nil {
		return err
	}
	if p.seen++; p.seen > p.limits.Prefixes {
		return p.errorf("%w", tooMany("prefixes", p.limits.Prefixes))
	}
	prefix, err := parsePrefix(string(text), v4)
	if err != nil {
		return p.errorf("%w", err)
	}
	if err := p.builder.Add(pid, prefix); err != nil {
		return p.errorf("%w", err)
	}
	return nil
}

// AppendJSON appends the map as an application/alto-networkmap+json document,
// prefixes in order.
func (m *NetworkMap) AppendJSON(b []byte) []byte {
	return m.AppendFiltered(b, nil, true, true)
}

// AppendFiltered appends the part of the map that has the given PIDs, nil
// meaning all, and the address families asked for (RFC 7285 section 11.3.1). The
// version tag is that of the whole map.
func (m *NetworkMap) AppendFiltered(b []byte, pids []uint32, v4, v6 bool) []byte {
	if pids == nil {
		pids = allPIDs(m.PIDs())
	}
	wanted := make([]bool, len(m.names))
	for _, pid := range pids {
		wanted[pid] = true
	}
	held := make([][2][]netip.Prefix, len(m.names))
	for prefix, pid := range m.table.AllSorted() {
		family := 0
		if prefix.Addr().Is6() {
			family = 1
		}
		if wanted[pid] && (family == 0 && v4 || family == 1 && v6) {
			held[pid][family] = append(held[pid][family], prefix)
		}
	}
	b = append(b, `{"meta":{"vtag":`...)
	b = m.vtag.appendJSON(b)
	b = append(b, `},"network-map":{`...)
	for i, pid := range pids {
		if i > 0 {
			b = append(b, ',')
		}
		b, _ = jsontext.AppendQuote(b, m.names[pid])
		b = append(b, ":{"...)
		b = appendPrefixes(b, "ipv4", held[pid][0])
		if len(held[pid][0]) > 0 && len(held[pid][1]) > 0 {
			b = append(b, ',')
		}
		b = appendPrefixes(b, "ipv6", held[pid][1])
		b = append(b, '}')
	}
	return append(b, "}}"...)
}

func allPIDs(n int) []uint32 {
	pids := make([]uint32, n)
	for i := range pids {
		pids[i] = uint32(i + 1)
	}
	return pids
}

func appendPrefixes(b []byte, addressType string, prefixes []netip.Prefix) []byte {
	if len(prefixes) == 0 {
		return b
	}
	b = append(b, `"`+addressType+`":[`...)
	for i, prefix := range prefixes {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '"')
		b = prefix.AppendTo(b)
		b = append(b, '"')
	}
	return append(b, ']')
}

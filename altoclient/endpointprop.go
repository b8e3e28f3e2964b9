package altoclient

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/netip"
	"net/url"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// PIDProperty returns the name of the property that says which PID of a network
// map an address is in (RFC 7285 section 10.8.1).
func PIDProperty(networkMap string) string { return networkMap + ".pid" }

// EndpointPropertyQuery asks for properties of addresses (RFC 7285 section
// 11.4.1.3). Neither list may be empty.
type EndpointPropertyQuery struct {
	Properties []string // among the Properties of the [Resource]
	Endpoints  []netip.Addr
}

// AppendJSON appends the query as an application/alto-endpointpropparams+json
// document.
func (q EndpointPropertyQuery) AppendJSON(b []byte) []byte {
	b = append(b, `{"properties":`...)
	b = appendStrings(b, q.Properties)
	b = append(b, `,"endpoints":`...)
	b = appendEndpoints(b, q.Endpoints)
	return append(b, '}')
}

func (q EndpointPropertyQuery) check(r Resource) error {
	switch {
	case len(q.Properties) == 0:
		return fmt.Errorf("%s: no properties", r.ID)
	case len(q.Endpoints) == 0:
		return fmt.Errorf("%s: no endpoints", r.ID)
	}
	for _, property := range q.Properties {
		if !slices.Contains(r.Properties, property) {
			return fmt.Errorf("%s: does not offer property %.80q", r.ID, property)
		}
	}
	return checkAddrs(r.ID+": endpoints", q.Endpoints)
}

// EndpointProperties has properties of addresses (RFC 7285 section 11.4.1.6).
type EndpointProperties struct {
	vtags  []VersionTag
	addrs  []netip.Addr // in the order of the document
	values map[netip.Addr]map[string]string
}

// NewEndpointProperties returns EndpointProperties without any, which depend on
// the network maps of the given versions; it is to be filled with
// [EndpointProperties.Set].
func NewEndpointProperties(networkMaps ...VersionTag) *EndpointProperties {
	return &EndpointProperties{vtags: networkMaps, values: make(map[netip.Addr]map[string]string)}
}

// EndpointProperties asks an endpoint property resource.
func (c *Client) EndpointProperties(ctx context.Context, r Resource, query EndpointPropertyQuery) (*EndpointProperties, error) {
	if err := r.checkService(MediaTypeEndpointProperties, MediaTypeEndpointPropertiesParams); err != nil {
		return nil, err
	}
	if err := query.check(r); err != nil {
		return nil, err
	}
	var m *EndpointProperties
	_, err := c.get(ctx, r.post(query.AppendJSON(nil)), func(body io.Reader, _ *url.URL) (err error) {
		m, err = ParseEndpointProperties(body, c.config.Limits)
		return err
	})
	return m, err
}

// NetworkMaps returns the versions of the network maps that the PIDs are of.
func (m *EndpointProperties) NetworkMaps() []VersionTag { return slices.Clone(m.vtags) }

// Value returns a property of addr, such as [PIDProperty]. Servers leave out what
// they do not know.
func (m *EndpointProperties) Value(addr netip.Addr, property string) (value string, ok bool) {
	value, ok = m.values[addr.Unmap()][property]
	return value, ok
}

// Set defines a property of addr.
func (m *EndpointProperties) Set(addr netip.Addr, property, value string) {
	m.of(addr.Unmap())[property] = value
}

// Add says that addr was asked for, even if none of its properties is known.
func (m *EndpointProperties) Add(addr netip.Addr) { m.of(addr.Unmap()) }

func (m *EndpointProperties) of(addr netip.Addr) map[string]string {
	values, ok := m.values[addr]
	if !ok {
		values = make(map[string]string)
		m.values[addr] = values
		m.addrs = append(m.addrs, addr)
	}
	return values
}

// AppendJSON appends the properties as an application/alto-endpointprop+json
// document.
func (m *EndpointProperties) AppendJSON(b []byte) []byte {
	b = append(b, `{"meta":{"dependent-vtags":`...)
	b = appendList(b, m.vtags, func(b []byte, v VersionTag) []byte { return v.appendJSON(b) })
	b = append(b, `},"endpoint-properties":{`...)
	for i, addr := range m.addrs {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '"')
		b = AppendEndpoint(b, addr)
		b = append(b, `":`...)
		b = appendProperties(b, m.values[addr])
	}
	return append(b, "}}"...)
}

func appendProperties(b []byte, values map[string]string) []byte {
	b = append(b, '{')
	for i, name := range slices.Sorted(maps.Keys(values)) {
		if i > 0 {
			b = append(b, ',')
		}
		b, _ = jsontext.AppendQuote(b, name)
		b = append(b, ':')
		b, _ = jsontext.AppendQuote(b, values[name])
	}
	return append(b, '}')
}

// ParseEndpointProperties reads an application/alto-endpointprop+json document.
// Addresses of other types than ipv4 and ipv6 are ignored; a value that is not a
// string refuses the document. The error is a [*ParseError] or, for a reader that
// fails, has the reader's error in its chain.
func ParseEndpointProperties(r io.Reader, limits Limits) (*EndpointProperties, error) {
	p := endpointPropertyParser{document: open(r, limits.withDefaults()), props: NewEndpointProperties()}
	if err := p.object(p.member); err != nil {
		return nil, err
	}
	if err := p.close(); err != nil {
		return nil, err
	}
	if !p.sawMap {
		return nil, missing("/endpoint-properties")
	}
	return p.props, nil
}

type endpointPropertyParser struct {
	*document
	props  *EndpointProperties
	sawMap bool
}

func (p *endpointPropertyParser) member(name []byte) error {
	switch string(name) {
	case "meta":
		return p.object(p.meta)
	case "endpoint-properties":
		p.sawMap = true
		return p.object(p.address)
	}
	return p.skip()
}

func (p *endpointPropertyParser) meta(name []byte) error {
	if string(name) != "dependent-vtags" {
		return p.skip()
	}
	return p.array(func() error {
		v, err := p.versionTag()
		p.props.vtags = append(p.props.vtags, v)
		return err
	})
}

// address reads the properties of one address.
func (p *endpointPropertyParser) address(name []byte) error {
	addr, err := p.endpoint(name)
	if err != nil {
		return err
	}
	if !addr.IsValid() {
		return p.skip()
	}
	if _, ok := p.props.values[addr]; ok {
		return p.duplicate()
	}
	values := p.props.of(addr)
	return p.object(func(name []byte) (err error) {
		property := string(name)
		values[property], err = p.str()
		return err
	})
}

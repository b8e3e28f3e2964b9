package altoclient

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/gaissmai/bart"
	"github.com/go-json-experiment/json/jsontext"
)

// The media types of RFC 9240.
const (
	MediaTypePropertyMap       = "application/alto-propmap+json"
	MediaTypePropertyMapFilter = "application/alto-propmapparams+json"
)

// PropertyMap is an ALTO entity property map (RFC 9240 section 7.6), compiled for
// lookups. It never changes.
//
// Entities of the domains of type ipv4 and ipv6 are prefixes, and an address has
// what the longest prefix says that says anything of the property (section
// 6.1.3). Entities of all other domains, PIDs among them, have what is said of
// them themselves. Properties keep their full names, such as .ISP for one that
// the map defines itself.
type PropertyMap struct {
	vtags    []VersionTag // of the resources that the map depends on
	vtag     VersionTag   // its own, mostly not there
	values   []value
	prefixes map[domainProperty]prefixColumn
	others   map[string]map[string]uint32 // entity, property: index of values
	entities int
}

// value is what an entity has: JSON, with its text if it is a string.
type value struct {
	json string
	text string
	kind jsontext.Kind
}

type domainProperty struct{ domain, property string }

// prefixColumn is what the prefixes of a domain have of one property.
type prefixColumn struct {
	*bart.Table[uint32] // indexes of values, from base on; of both families if it is a network map's
	base                uint32
}

// VersionTag returns the map's own version tag, zero if the document has none.
func (m *PropertyMap) VersionTag() VersionTag { return m.vtag }

// VersionTags returns the version tags of the resources that the map depends on.
func (m *PropertyMap) VersionTags() []VersionTag { return slices.Clone(m.vtags) }

// Len returns how many entities there are.
func (m *PropertyMap) Len() int { return m.entities }

// Properties returns the names of all properties of a domain, such as ipv4 or
// my-network-map.pid, sorted.
func (m *PropertyMap) Properties(domain string) []string {
	found := make(map[string]bool)
	for at := range m.prefixes {
		if at.domain == domain {
			found[at.property] = true
		}
	}
	for entity, properties := range m.others {
		if d, _, err := SplitEntity(entity); err == nil && d == domain {
			for property := range properties {
				found[property] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// Text returns the value of a property of an entity such as ipv4:192.0.2.0/24 or
// my-network-map.pid:pid1, inherited or its own: strings as they are, all else as
// JSON. It returns false if the entity has no such property, be it that null says
// so.
func (m *PropertyMap) Text(entity, property string) (string, bool) {
	v, ok := m.entity(entity, property)
	if !ok {
		return "", false
	}
	if v.kind == kindString {
		return v.text, true
	}
	return v.json, true
}

// JSON is Text for values of any kind.
func (m *PropertyMap) JSON(entity, property string) (jsontext.Value, bool) {
	v, ok := m.entity(entity, property)
	return jsontext.Value(v.json), ok
}

func (m *PropertyMap) entity(entity, property string) (value, bool) {
	domain, id, err := SplitEntity(entity)
	if err != nil {
		return value{}, false
	}
	family := addressType(domain)
	if family == "" {
		i, ok := m.others[entity][property]
		return m.value(i, ok)
	}
	prefix, err := parseAddressEntity(family, id)
	if err != nil {
		return value{}, false
	}
	return m.inherited(domain, prefix, property)
}

// inherited returns what the longest prefix that holds all of prefix says.
func (m *PropertyMap) inherited(domain string, prefix netip.Prefix, property string) (value, bool) {
	column, ok := m.prefixes[domainProperty{domain, property}]
	if !ok {
		return value{}, false
	}
	i, ok := column.LookupPrefix(prefix)
	return m.value(column.base+i, ok)
}

// value leaves out null, which says that there is nothing to inherit.
func (m *PropertyMap) value(i uint32, ok bool) (value, bool) {
	if !ok || m.values[i].kind == kindNull {
		return value{}, false
	}
	return m.values[i], true
}

// Address returns the value of a property of an address in the domain ipv4 or
// ipv6; see [PropertyMap.Text]. The address must be unmapped.
func (m *PropertyMap) Address(addr netip.Addr, property string) (string, bool) {
	return m.Prefix(netip.PrefixFrom(addr, addr.BitLen()), property)
}

// Prefix returns the value of a property that all addresses of a prefix have
// unless a longer prefix says otherwise; see [PropertyMap.Text].
func (m *PropertyMap) Prefix(prefix netip.Prefix, property string) (string, bool) {
	domain := "ipv6"
	if prefix.Addr().Is4() {
		domain = "ipv4"
	}
	v, ok := m.inherited(domain, prefix, property)
	if v.kind == kindString {
		return v.text, ok
	}
	return v.json, ok
}

// SplitEntity takes an entity identifier apart, as in ipv4 and 192.0.2.0/24 (RFC
// 9240 section 5.1.3). It takes the first colon for the end of the domain, but
// for that of priv: in private domain types; a resource id with a colon cannot be
// told from a domain type.
func SplitEntity(entity string) (domain, id string, err error) {
	for i, c := range entity {
		if c != ':' {
			continue
		}
		domain, id = entity[:i], entity[i+1:]
		if t := domainType(domain); t == "priv" {
			continue
		}
		return domain, id, checkDomain(domain, id)
	}
	return "", "", fmt.Errorf("entity %.80q has no domain", entity)
}

// domainType returns the type of a domain: what follows the resource.
func domainType(domain string) string {
	return domain[strings.LastIndexByte(domain, '.')+1:]
}

const maxDomainType = 64 // characters, RFC 9240 section 5.1.1

func checkDomain(domain, id string) error {
	kind := domainType(domain)
	bare := strings.TrimPrefix(kind, "priv:")
	if bare == "" || len(kind) > maxDomainType || strings.ContainsAny(bare, ":@") {
		return fmt.Errorf("entity domain %.80q has no valid type", domain)
	}
	for i := range len(domain) {
		if !nameByte[domain[i]] {
			return fmt.Errorf("entity domain %.80q: only letters, digits and -:@_. are allowed", domain)
		}
	}
	if id == "" {
		return errors.New("entity without an identifier")
	}
	return nil
}

// addressType returns ipv4 or ipv6 for domains of addresses, empty for others.
func addressType(domain string) string {
	if t := domainType(domain); t == "ipv4" || t == "ipv6" {
		return t
	}
	return ""
}

// parseAddressEntity reads an address or a prefix.
func parseAddressEntity(family, id string) (netip.Prefix, error) {
	var prefix netip.Prefix
	var err error
	if strings.IndexByte(id, '/') >= 0 {
		prefix, err = netip.ParsePrefix(id)
	} else {
		var addr netip.Addr
		if addr, err = netip.ParseAddr(id); err == nil {
			prefix = netip.PrefixFrom(addr.WithZone(""), addr.BitLen())
		}
	}
	if err != nil {
		return prefix, err
	}
	if prefix.Addr().Is4() != (family == "ipv4") {
		return prefix, fmt.Errorf("%v is of the other address family", prefix)
	}
	return prefix.Masked(), nil
}

package altoclient

import (
	"fmt"
	"io"

	"github.com/gaissmai/bart"
	"github.com/go-json-experiment/json/jsontext"
)

// ParsePropertyMap reads an application/alto-propmap+json document (RFC 9240
// section 7.6).
//
// RFC 9240 lets values be strings or null unless an extension says more; RFC 9275
// does, so values of all kinds pass. An entity that comes twice refuses the map,
// in whatever spelling; so does a prefix that is none. Limits.Prefixes bounds the
// entities, Limits.Pairs the values.
func ParsePropertyMap(r io.Reader, limits Limits) (*PropertyMap, error) {
	p := propertyMapParser{limits: limits.withDefaults()}
	p.document = open(r, p.limits)
	p.PropertyMap = &PropertyMap{
		prefixes: make(map[domainProperty]prefixColumn),
		others:   make(map[string]map[string]uint32),
	}
	if err := p.object(p.member); err != nil {
		return nil, err
	}
	if err := p.close(); err != nil {
		return nil, err
	}
	if !p.sawMap {
		return nil, missing("/property-map")
	}
	return p.PropertyMap, nil
}

type propertyMapParser struct {
	*document
	*PropertyMap
	limits Limits
	sawMap bool
	index  map[string]uint32     // of values, by JSON
	names  map[string]string     // of properties, each kept once
	count  int                   // values
	seen   map[string]*bart.Lite // prefixes, by domain
}

func (p *propertyMapParser) member(name []byte) error {
	switch string(name) {
	case "meta":
		return p.object(p.meta)
	case "property-map":
		p.sawMap = true
		p.index = make(map[string]uint32)
		p.names = make(map[string]string)
		p.seen = make(map[string]*bart.Lite)
		return p.members(p.entry)
	}
	return p.skip()
}

func (p *propertyMapParser) meta(name []byte) (err error) {
	switch string(name) {
	case "vtag":
		p.vtag, err = p.versionTag()
	case "dependent-vtags":
		err = p.array(func() error {
			if len(p.vtags) >= p.limits.Resources {
				return p.errorf("%w", tooMany("version tags", p.limits.Resources))
			}
			v, err := p.versionTag()
			p.vtags = append(p.vtags, v)
			return err
		})
	default:
		err = p.skip()
	}
	return err
}

// entry reads the properties of one entity.
func (p *propertyMapParser) entry(name []byte) error {
	if p.entities++; p.entities > p.limits.Prefixes {
		return p.errorf("%w", tooMany("entities", p.limits.Prefixes))
	}
	entity := string(name)
	domain, id, err := SplitEntity(entity)
	if err != nil {
		return p.errorf("%w", err)
	}
	family := addressType(domain)
	if family == "" {
		return p.other(entity)
	}
	prefix, err := parseAddressEntity(family, id)
	if err != nil {
		return p.errorf("%w", err)
	}
	seen := p.seen[domain]
	if seen == nil {
		if len(p.seen) >= maxProperties {
			return p.errorf("%w", tooMany("entity domains", maxProperties))
		}
		seen = new(bart.Lite)
		p.seen[domain] = seen
	}
	if seen.Get(prefix) {
		return p.duplicate()
	}
	seen.Insert(prefix)
	return p.object(func(name []byte) error {
		property, err := p.name(name)
		if err != nil {
			return err
		}
		at := domainProperty{domain, property}
		v, err := p.read()
		if err != nil {
			return err
		}
		if _, ok := p.prefixes[at]; !ok {
			if len(p.prefixes) >= maxProperties {
				return p.errorf("%w", tooMany("properties", maxProperties))
			}
			p.prefixes[at] = prefixColumn{Table: new(bart.Table[uint32])}
		}
		p.prefixes[at].Insert(prefix, v)
		return nil
	})
}

// other reads the properties of an entity that inherits nothing.
func (p *propertyMapParser) other(entity string) error {
	if _, ok := p.others[entity]; ok {
		return p.duplicate()
	}
	properties := make(map[string]uint32)
	p.others[entity] = properties
	return p.object(func(name []byte) error {
		property, err := p.name(name)
		if err != nil {
			return err
		}
		properties[property], err = p.read()
		return err
	})
}

// name returns the name of a property; equal ones are kept once.
func (p *propertyMapParser) name(name []byte) (string, error) {
	if kept, ok := p.names[string(name)]; ok {
		return kept, nil
	}
	kept := string(name)
	if err := checkPropertyName(kept); err != nil {
		return "", p.errorf("%w", err)
	}
	if len(p.names) >= maxProperties {
		return "", p.errorf("%w", tooMany("properties", maxProperties))
	}
	p.names[kept] = kept
	return kept, nil
}

// maxProperties bounds the tables of addresses: there is one for each domain and
// property.
const maxProperties = 1000

// read reads a value and returns its index; equal ones are kept once.
func (p *propertyMapParser) read() (uint32, error) {
	if p.count++; p.count > p.limits.Pairs {
		return 0, p.errorf("%w", tooMany("values", p.limits.Pairs))
	}
	raw, err := p.dec.ReadValue()
	if err != nil {
		return 0, p.syntax(err)
	}
	if i, ok := p.index[string(raw)]; ok {
		return i, nil
	}
	v := value{json: string(raw), kind: raw.Kind()}
	if v.kind == kindString {
		text, err := jsontext.AppendUnquote(nil, raw)
		if err != nil {
			return 0, p.errorf("%w", err)
		}
		v.text = string(text)
	}
	i := uint32(len(p.values))
	p.values = append(p.values, v)
	p.index[v.json] = i
	return i, nil
}

// checkPropertyName checks the name of a property (RFC 9240 sections 5.2.1 and
// 5.2.2).
func checkPropertyName(name string) error {
	kind := domainType(name)
	if kind == "" || len(kind) > maxPropertyType || len(name) > maxPropertyType+1+maxName {
		return fmt.Errorf("property %.80q has no name of 1 to %d characters", name, maxPropertyType)
	}
	for i := range len(name) {
		if !nameByte[name[i]] {
			return fmt.Errorf("property %.80q: only letters, digits and -:@_. are allowed", name)
		}
	}
	return nil
}

const maxPropertyType = 32 // characters, RFC 9240 section 5.2.1

package altoclient

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
)

// Resource is one entry of a [Directory] (RFC 7285 section 9.2.2).
type Resource struct {
	ID        string
	URI       string // absolute; it may hold the credentials of the directory's own URL
	MediaType string
	Accepts   string     // media type of what must be POSTed; empty means GET
	Uses      []string   // ids of the resources that this one is about
	CostTypes []CostType // what it offers or, for a full cost map, what it is

	// CostConstraints says that requests may hold constraints (section 11.3.2).
	CostConstraints bool

	// Properties is what an endpoint property resource knows (section 11.4.1.4).
	Properties []string

	Extensions
}

// Directory is the information resource closure of a server: the entries of its
// root directory and of all directories nested in it (RFC 7285 section 9.2).
type Directory struct {
	URL               string // of the root
	DefaultNetworkMap string // id; empty if the server does not say
	Resources         []Resource

	// Problems is what was left out and why. One bad entry does not make the
	// rest of a directory useless.
	Problems []error
}

// Resource returns the entry called id.
func (d *Directory) Resource(id string) (Resource, bool) {
	i := slices.IndexFunc(d.Resources, func(r Resource) bool { return r.ID == id })
	if i < 0 {
		return Resource{}, false
	}
	return d.Resources[i], true
}

// NetworkMap returns the full network map to use: the default one or, where the
// server names none although RFC 7285 section 9.2.2 demands it, the only one.
func (d *Directory) NetworkMap() (Resource, error) {
	if id := d.DefaultNetworkMap; id != "" {
		r, ok := d.Resource(id)
		if !ok {
			return r, fmt.Errorf("directory: default network map %q is not among its resources", id)
		}
		if r.Accepts != "" || !isMediaType(r.MediaType, MediaTypeNetworkMap) {
			return r, fmt.Errorf("directory: default network map %q is not a full network map", id)
		}
		return r, nil
	}
	var found []Resource
	for _, r := range d.Resources {
		if r.Accepts == "" && isMediaType(r.MediaType, MediaTypeNetworkMap) {
			found = append(found, r)
		}
	}
	switch len(found) {
	case 0:
		return Resource{}, errors.New("directory: no full network map")
	case 1:
		return found[0], nil
	}
	return Resource{}, fmt.Errorf("directory: %d network maps and no default-alto-network-map", len(found))
}

// CostMap returns the full cost map of the given metric that is about the network
// map called networkMap: the numerical one or, failing that, the ordinal one.
func (d *Directory) CostMap(networkMap, metric string) (Resource, bool) {
	for _, mode := range []string{Numerical, Ordinal} {
		want := []CostType{{Metric: metric, Mode: mode}}
		for _, r := range d.Resources {
			if r.Accepts == "" && isMediaType(r.MediaType, MediaTypeCostMap) &&
				slices.Equal(r.CostTypes, want) && slices.Contains(r.Uses, networkMap) {
				return r, true
			}
		}
	}
	return Resource{}, false
}

// ParseDirectory reads one application/alto-directory+json document that was
// found at base. Directories nested in it are entries like others; see
// [Client.Directory] for the closure.
func ParseDirectory(r io.Reader, base *url.URL, limits Limits) (*Directory, error) {
	limits = limits.withDefaults()
	p := directoryParser{
		document:  open(r, limits),
		limits:    limits,
		base:      base,
		dir:       &Directory{URL: base.Redacted()},
		costTypes: make(map[string]CostType),
	}
	if err := p.object(p.member); err != nil {
		return nil, err
	}
	if err := p.close(); err != nil {
		return nil, err
	}
	if !p.sawResources {
		return nil, missing("/resources")
	}
	p.resolveCostTypes()
	return p.dir, nil
}

type directoryParser struct {
	*document
	limits       Limits
	base         *url.URL
	dir          *Directory
	costTypes    map[string]CostType // names hold within one directory only
	named        []capabilityNames   // by resource
	sawResources bool
}

func (p *directoryParser) member(name []byte) error {
	switch string(name) {
	case "meta":
		return p.object(p.meta)
	case "resources":
		p.sawResources = true
		return p.object(p.resource)
	}
	return p.skip()
}

func (p *directoryParser) meta(name []byte) (err error) {
	switch string(name) {
	case "cost-types":
		return p.object(func(name []byte) error {
			local := string(name)
			costType, err := p.costType()
			p.costTypes[local] = costType
			return err
		})
	case "default-alto-network-map":
		p.dir.DefaultNetworkMap, err = p.str()
	default:
		err = p.skip()
	}
	return err
}

func (p *directoryParser) resource(name []byte) error {
	if err := checkName(name); err != nil {
		return p.errorf("%w", err)
	}
	if len(p.dir.Resources) >= p.limits.Resources {
		return p.errorf("%w", tooMany("resources", p.limits.Resources))
	}
	r := Resource{ID: string(name)}
	var named capabilityNames
	err := p.object(func(name []byte) (err error) {
		switch string(name) {
		case "uri":
			r.URI, err = p.str()
		case "media-type":
			r.MediaType, err = p.str()
		case "accepts":
			r.Accepts, err = p.str()
		case "uses":
			r.Uses, err = p.strings()
		case "capabilities":
			named, err = p.capabilities(&r)
		default:
			err = p.skip()
		}
		return err
	})
	if err != nil {
		return err
	}
	if r.URI, err = p.resolve(r.URI); err != nil {
		p.problem(r.ID, err)
		return nil
	}
	p.dir.Resources = append(p.dir.Resources, r)
	p.named = append(p.named, named)
	return nil
}

// resolve makes a uri absolute (RFC 3986 section 5).
func (p *directoryParser) resolve(uri string) (string, error) {
	if uri == "" {
		return "", errors.New("no uri")
	}
	u, err := p.base.Parse(uri)
	if err != nil {
		return "", err
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return "", fmt.Errorf("uri %q is not of http or https", uri)
	}
	if u.User == nil && origin(u) == origin(p.base) {
		u.User = p.base.User // as if it were relative
	}
	return u.String(), nil
}

func (p *directoryParser) problem(id string, err error) {
	p.dir.Problems = append(p.dir.Problems, fmt.Errorf("%s: resource %s: %w", p.dir.URL, id, err))
}

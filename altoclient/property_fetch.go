package altoclient

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
)

// labelling is the property maps of a source that say what it was told to look for. A
// property goes by its last name, whatever its case: isp stands for .ISP and for
// regions.isp, too.
type labelling struct {
	wanted []string                // last names, in lower case
	maps   map[string]propertyBody // by resource id

	base, made *Snapshot // made is base with the maps
	used       []*PropertyMap
}

// propertyBody is a property map, and what it was read from.
type propertyBody struct {
	known[*PropertyMap]
	sum [sha256.Size]byte
}

func newLabelling(wanted []string) *labelling {
	l := &labelling{maps: make(map[string]propertyBody)}
	for _, name := range wanted {
		l.wanted = append(l.wanted, lastName(name))
	}
	return l
}

// lastName returns what a property is called within its map.
func lastName(property string) string {
	return strings.ToLower(property[strings.LastIndexByte(property, '.')+1:])
}

func (l *labelling) wants(property string) bool { return slices.Contains(l.wanted, lastName(property)) }

// resources returns the property maps of a directory that are about addresses, or about
// the PIDs of a network map, and say something that is wanted. A full map comes before a
// filtered one of the same properties, which then is not asked.
func (l *labelling) resources(dir *Directory, network string) (list []Resource) {
	found := map[domainProperty]bool{}
	for _, full := range []bool{true, false} {
		for _, r := range dir.Resources {
			if !isMediaType(r.MediaType, MediaTypePropertyMap) || (r.Accepts == "") != full {
				continue
			}
			news := false
			for _, domain := range []string{"ipv4", "ipv6", network + ".pid"} {
				for _, property := range r.Mappings[domain] {
					if at := (domainProperty{domain, property}); l.wants(property) && !found[at] {
						found[at], news = true, true
					}
				}
			}
			if news {
				list = append(list, r)
			}
		}
	}
	return list
}

// label adds to a snapshot what property maps say of its PIDs. A map that cannot be had,
// or depends on another network map, is a problem and no failure: the one at hand stays if
// it still fits, and guidance does without it otherwise.
func (l *labelling) label(ctx context.Context, c *Client, dir *Directory, bypass bool, f *fetched) {
	var use []*PropertyMap
	for _, r := range l.resources(dir, f.snapshot.network.vtag.ResourceID) {
		m, err := l.fetch(ctx, c, r, bypass, f)
		if err == nil {
			_, err = f.snapshot.WithProperties(m)
		}
		if err != nil {
			f.problems = append(f.problems, fmt.Errorf("property map %s: %w", r.ID, err))
			continue
		}
		use = append(use, m)
	}
	f.snapshot = l.with(f.snapshot, use)
}

// with returns the same Snapshot for the same maps.
func (l *labelling) with(base *Snapshot, use []*PropertyMap) *Snapshot {
	if l.base == base && slices.Equal(l.used, use) {
		return l.made
	}
	made, err := base.WithProperties(use...)
	if err != nil || len(use) == 0 {
		made = base
	}
	l.base, l.used, l.made = base, use, made
	return made
}

func (l *labelling) fetch(ctx context.Context, c *Client, r Resource, bypass bool, f *fetched) (*PropertyMap, error) {
	have := l.maps[r.ID]
	req := request{uri: r.URI, mediaType: MediaTypePropertyMap, bypass: bypass}
	if r.Accepts != "" {
		req.accepts, req.params = MediaTypePropertyMapFilter, PropertyFilter{Properties: l.of(r)}.AppendJSON(nil)
	} else if have.uri == r.URI && !bypass {
		req.known = have.validators
	}
	var m *PropertyMap
	sum := sha256.New()
	reply, err := c.get(ctx, req, func(body io.Reader, _ *url.URL) (err error) {
		m, err = ParsePropertyMap(io.TeeReader(body, sum), c.config.Limits)
		return err
	})
	if err != nil {
		if have.document != nil {
			return have.document, nil // the last good one: label says so if it does not fit
		}
		return nil, err
	}
	f.fresh = f.fresh.earlier(reply.fresh)
	if reply.unchanged {
		return have.document, nil
	}
	got := propertyBody{known: known[*PropertyMap]{m, r.URI, reply.validators}}
	if sum.Sum(got.sum[:0]); got.sum == have.sum {
		got.document = have.document
	}
	l.maps[r.ID] = got
	return got.document, nil
}

// of returns the properties of a resource that are wanted.
func (l *labelling) of(r Resource) (list []string) {
	for _, properties := range r.Mappings {
		for _, property := range properties {
			if l.wants(property) && !slices.Contains(list, property) {
				list = append(list, property)
			}
		}
	}
	slices.Sort(list)
	return list
}

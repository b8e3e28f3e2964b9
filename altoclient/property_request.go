package altoclient

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"slices"
)

// PropertyFilter asks for a part of a property map (RFC 9240 section 8.3).
type PropertyFilter struct {
	Entities   []string // none means all
	Properties []string // none means all
	NoValues   bool     // which entities have any property, no more
}

// AppendJSON appends the filter as an application/alto-propmapparams+json
// document. Empty lists are there: leaving properties out asks for no values at
// all.
func (f PropertyFilter) AppendJSON(b []byte) []byte {
	b = append(b, `{"entities":`...)
	b = appendStrings(b, f.Entities)
	if f.NoValues {
		return append(b, '}')
	}
	b = append(b, `,"properties":`...)
	b = appendStrings(b, f.Properties)
	return append(b, '}')
}

// PropertyMap fetches a property map: a full one, or from a filtered resource what
// filter lets pass. A full map excludes a filter.
func (c *Client) PropertyMap(ctx context.Context, r Resource, filter PropertyFilter) (*PropertyMap, error) {
	req := request{uri: r.URI, mediaType: MediaTypePropertyMap}
	switch {
	case r.Accepts != "":
		req.accepts, req.params = MediaTypePropertyMapFilter, filter.AppendJSON(nil)
	case len(filter.Entities)+len(filter.Properties) > 0 || filter.NoValues:
		return nil, fmt.Errorf("%s: a full property map takes no filter", r.ID)
	}
	var m *PropertyMap
	_, err := c.get(ctx, req, func(body io.Reader, _ *url.URL) (err error) {
		m, err = ParsePropertyMap(body, c.config.Limits)
		return err
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}

// PropertyMap returns the resource that knows a property of the entities of a
// domain, such as .ISP of ipv4; a full map comes before a filtered one.
func (d *Directory) PropertyMap(domain, property string) (Resource, bool) {
	for _, full := range []bool{true, false} {
		for _, r := range d.Resources {
			fits := r.Accepts == "" && full || isMediaType(r.Accepts, MediaTypePropertyMapFilter) && !full
			if fits && isMediaType(r.MediaType, MediaTypePropertyMap) && slices.Contains(r.Mappings[domain], property) {
				return r, true
			}
		}
	}
	return Resource{}, false
}

package altoclient

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/textproto"
	"net/url"
	"slices"
	"strings"
)

// ParsePathVector reads a multipart/related message of two parts, paths and the
// properties of the elements on them (RFC 9275 sections 7.2.6 and 7.3.6).
// mediaType is its Content-Type, with the boundary. A message that lacks a part is
// refused, as is one whose parts are not about each other.
//
// The message is over with its second part. What should end it is not looked for:
// the examples of RFC 9275 have no close-delimiter (RFC 2046 section 5.1.1).
func ParsePathVector(r io.Reader, mediaType string, limits Limits) (*PathVector, error) {
	kind, parameters, err := mime.ParseMediaType(quoted(mediaType))
	switch {
	case err != nil:
		return nil, fmt.Errorf("media type %.80q: %w", mediaType, err)
	case kind != MediaTypeMultipart:
		return nil, fmt.Errorf("media type is %.80q, want %s", kind, MediaTypeMultipart)
	case parameters["boundary"] == "":
		return nil, fmt.Errorf("media type %.80q has no boundary", mediaType)
	}
	limits = limits.withDefaults()
	m := pathVectorMessage{limits: limits, start: parameters["start"]}
	parts := multipart.NewReader(&cappedReader{r: r, limit: limits.Bytes}, parameters["boundary"])
	for m.paths == nil || m.elements == nil {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return nil, m.incomplete()
		}
		if err != nil {
			return nil, fmt.Errorf("multipart: %w", err)
		}
		if err := m.read(part, part.Header); err != nil {
			return nil, err
		}
	}
	return m.join()
}

// quoted puts the media type of the root between the quotation marks that it needs
// (RFC 2045 section 5.1); RFC 9275 section 7.2.6 lets servers leave them out.
func quoted(mediaType string) string {
	for _, root := range []string{MediaTypeCostMap, MediaTypeEndpointCosts} {
		mediaType = strings.Replace(mediaType, "type="+root, `type="`+root+`"`, 1)
	}
	return mediaType
}

type pathVectorMessage struct {
	limits   Limits
	start    string
	parts    int
	paths    *PathVector
	elements *PropertyMap
}

const maxParts = 16 // those of unknown types included

func (m *pathVectorMessage) read(body io.Reader, header textproto.MIMEHeader) error {
	if m.parts++; m.parts > maxParts {
		return fmt.Errorf("multipart: %w", tooMany("parts", maxParts))
	}
	mediaType := header.Get("Content-Type")
	var err error
	switch {
	case isMediaType(mediaType, MediaTypeCostMap), isMediaType(mediaType, MediaTypeEndpointCosts):
		if m.paths != nil {
			return errors.New("multipart: two parts have paths")
		}
		if id := header.Get("Content-Id"); m.start != "" && id != m.start {
			return fmt.Errorf("multipart: the part of paths is %.80q, want the start %.80q", id, m.start)
		}
		m.paths, err = parsePaths(body, isMediaType(mediaType, MediaTypeEndpointCosts), m.limits)
	case isMediaType(mediaType, MediaTypePropertyMap):
		if m.elements != nil {
			return errors.New("multipart: two parts have properties")
		}
		m.elements, err = ParsePropertyMap(body, m.limits)
	}
	if err != nil {
		return fmt.Errorf("part %d, %s: %w", m.parts, mediaType, err)
	}
	return nil
}

func (m *pathVectorMessage) incomplete() error {
	if m.paths == nil {
		return errors.New("multipart: no part has paths")
	}
	return errors.New("multipart: no part has properties")
}

// join checks that the properties are about the paths.
func (m *pathVectorMessage) join() (*PathVector, error) {
	v := m.paths
	if v.VersionTag != (VersionTag{}) && !slices.Contains(m.elements.vtags, v.VersionTag) {
		return nil, fmt.Errorf("properties depend on %v, paths are %v: %w", m.elements.vtags, v.VersionTag, ErrSkew)
	}
	v.Elements = m.elements
	for _, row := range v.paths {
		for _, path := range row {
			for _, name := range path.Elements {
				if _, ok := v.Elements.others[".ane:"+name]; !ok {
					return nil, fmt.Errorf("network element %q is on a path, and not among the properties", name)
				}
			}
		}
	}
	return v, nil
}

// PathVectorFilter asks for paths between PIDs (RFC 9275 section 7.2.3) or, with
// endpoints, between addresses (section 7.3.3).
type PathVectorFilter struct {
	CostTypes  []CostType // what else is wanted, if the resource has it (section 8.6)
	Properties []string   // of the network elements; none means only their names
	Srcs, Dsts []string   // PIDs, none meaning all; or typed addresses
}

// appendJSON appends the filter; field is what it calls the ends of the paths.
func (f PathVectorFilter) appendJSON(b []byte, field string) []byte {
	path := CostType{Metric: ANEPath, Mode: Array}
	if len(f.CostTypes) == 0 {
		b = append(b, `{"cost-type":`...)
		b = path.appendJSON(b)
	} else {
		b = append(b, `{"multi-cost-types":`...)
		b = appendCostTypes(b, append([]CostType{path}, f.CostTypes...))
	}
	b = append(b, `,"`+field+`":{"srcs":`...)
	b = appendStrings(b, f.Srcs)
	b = append(b, `,"dsts":`...)
	b = appendStrings(b, f.Dsts)
	b = append(b, '}')
	if len(f.Properties) > 0 {
		b = append(b, `,"ane-property-names":`...)
		b = appendStrings(b, f.Properties)
	}
	return append(b, '}')
}

// PathVector fetches paths from a multipart resource.
func (c *Client) PathVector(ctx context.Context, r Resource, filter PathVectorFilter) (*PathVector, error) {
	field := "pids"
	if isMediaType(r.Accepts, MediaTypeEndpointCostsParams) {
		field = "endpoints"
	}
	if n := len(filter.CostTypes); n > 0 && n >= r.MaxCostTypes {
		return nil, fmt.Errorf("%s: offers %d cost types at once, not %d", r.ID, r.MaxCostTypes, n+1)
	}
	var v *PathVector
	var mediaType string
	_, err := c.get(ctx, request{
		uri: r.URI, mediaType: MediaTypeMultipart, contentType: &mediaType,
		accepts: r.Accepts, params: filter.appendJSON(nil, field),
	}, func(body io.Reader, _ *url.URL) (err error) {
		v, err = ParsePathVector(body, mediaType, c.config.Limits)
		return err
	})
	if err != nil {
		return nil, err
	}
	return v, nil
}

package altoclient

import (
	"fmt"
	"io"
	"math"

	"github.com/go-json-experiment/json/jsontext"
)

// The media types of RFC 9569.
const (
	MediaTypeTIPS       = "application/alto-tips+json"
	MediaTypeTIPSParams = "application/alto-tipsparams+json"
)

// TIPSParams asks for a view of the updates of one resource, or for the next edge
// in a view (RFC 9569 section 6.1).
type TIPSParams struct {
	ResourceID string `json:"resource-id"`
	Tag        string `json:"tag,omitempty"` // of the version at hand

	// Input is what would be POSTed to a resource that wants that; nil for the
	// others, and for the next edge.
	Input jsontext.Value `json:"input,omitempty"`
}

// TIPSEdge is what leads from one version of a resource to another (RFC 9569
// section 3). Versions are numbered; 0 is that of a client that has none, so an
// edge from 0 is the whole document.
type TIPSEdge struct{ From, To uint64 }

// TIPSView is a server's view of the updates of one resource (RFC 9569 section
// 6.2).
type TIPSView struct {
	URI        string   // as sent; empty in an answer that only recommends an edge
	Start, End uint64   // the oldest and the newest version there is
	Next       TIPSEdge // to begin with
}

// ParseTIPSView reads an application/alto-tips+json document, or the Merge Patch
// of one that recommends an edge (RFC 9569 section 7.4.2).
func ParseTIPSView(r io.Reader) (TIPSView, error) {
	var v TIPSView
	sawGraph := false
	d := open(r, Limits{Bytes: 1 << 20})
	edge := func(name []byte) (err error) {
		switch string(name) {
		case "seq-i":
			v.Next.From, err = d.sequence()
		case "seq-j":
			v.Next.To, err = d.sequence()
		default:
			err = d.skip()
		}
		return err
	}
	graph := func(name []byte) (err error) {
		switch string(name) {
		case "start-seq":
			v.Start, err = d.sequence()
		case "end-seq":
			v.End, err = d.sequence()
		case "start-edge-rec":
			err = d.object(edge)
		default:
			err = d.skip()
		}
		return err
	}
	err := d.object(func(name []byte) (err error) {
		switch string(name) {
		case "tips-view-uri":
			v.URI, err = d.str()
		case "tips-view-summary":
			err = d.object(func(name []byte) error {
				if string(name) != "updates-graph-summary" {
					return d.skip()
				}
				sawGraph = true
				return d.object(graph)
			})
		default:
			err = d.skip()
		}
		return err
	})
	if err == nil {
		err = d.close()
	}
	const place = "/tips-view-summary/updates-graph-summary"
	switch {
	case err != nil:
		return v, err
	case !sawGraph:
		return v, missing(place)
	case v.Start == 0 || v.End < v.Start:
		return v, &ParseError{Path: place, Err: fmt.Errorf("versions %d to %d", v.Start, v.End)}
	case v.Next.To <= v.Next.From || v.Next.To > v.End+1:
		return v, &ParseError{Path: place + "/start-edge-rec", Err: fmt.Errorf("edge from %d to %d of %d", v.Next.From, v.Next.To, v.End)}
	}
	return v, nil
}

// sequence reads a version number.
func (d *document) sequence() (uint64, error) {
	n, err := d.number()
	if err != nil {
		return 0, err
	}
	if n < 0 || n != math.Trunc(n) || n > 1<<53 {
		return 0, d.errorf("%v is not a version number", n)
	}
	return uint64(n), nil
}

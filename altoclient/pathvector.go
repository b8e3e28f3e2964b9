package altoclient

import "iter"

// The media type of the answers of RFC 9275, and its cost metric, which has the
// mode [Array].
const (
	MediaTypeMultipart = "multipart/related"
	ANEPath            = "ane-path"
)

// PathVector says which abstract network elements (ANE) traffic crosses, and what
// is known of them (RFC 9275). It never changes.
type PathVector struct {
	// VersionTag is that of the paths. NetworkMap is that of the network map
	// whose PIDs they lead between; zero if they lead between endpoints.
	VersionTag, NetworkMap VersionTag

	// CostTypes are those of the costs that came with the paths (RFC 8189), in
	// the order of Path.Costs.
	CostTypes []CostType

	// Elements has the properties of the network elements, in the domain .ane.
	Elements *PropertyMap

	paths map[string]map[string]Path
}

// Path is what is known of traffic from one PID or endpoint to another.
type Path struct {
	Elements []string  // in the order in which traffic crosses them
	Costs    []float32 // NaN if undefined
}

// Path returns what is known of traffic from src to dst: names of PIDs, or typed
// addresses as the server writes them.
func (v *PathVector) Path(src, dst string) (Path, bool) {
	p, ok := v.paths[src][dst]
	return p, ok
}

// Pairs yields every pair that there is a path for, in no particular order.
func (v *PathVector) Pairs() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for src, row := range v.paths {
			for dst := range row {
				if !yield(src, dst) {
					return
				}
			}
		}
	}
}

// Element returns a property of a network element, such as
// max-reservable-bandwidth (bits per second) or persistent-entity-id (RFC 9275
// section 6.4), as text.
func (v *PathVector) Element(name, property string) (string, bool) {
	return v.Elements.Text(".ane:"+name, property)
}

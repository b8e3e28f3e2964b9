package altoclient

import "mime"

// The media types of RFC 7285 section 14.1.
const (
	MediaTypeDirectory        = "application/alto-directory+json"
	MediaTypeNetworkMap       = "application/alto-networkmap+json"
	MediaTypeNetworkMapFilter = "application/alto-networkmapfilter+json"
	MediaTypeCostMap          = "application/alto-costmap+json"
	MediaTypeCostMapFilter    = "application/alto-costmapfilter+json"
	MediaTypeError            = "application/alto-error+json"
)

// isMediaType compares as RFC 9110 section 8.3.1 wants: without parameters and
// without regard to case.
func isMediaType(have, want string) bool {
	parsed, _, err := mime.ParseMediaType(have)
	return err == nil && parsed == want
}

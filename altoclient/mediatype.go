package altoclient

import (
	"errors"
	"mime"
)

// The media types of RFC 7285 section 14.1.
const (
	MediaTypeDirectory                = "application/alto-directory+json"
	MediaTypeNetworkMap               = "application/alto-networkmap+json"
	MediaTypeNetworkMapFilter         = "application/alto-networkmapfilter+json"
	MediaTypeCostMap                  = "application/alto-costmap+json"
	MediaTypeCostMapFilter            = "application/alto-costmapfilter+json"
	MediaTypeEndpointProperties       = "application/alto-endpointprop+json"
	MediaTypeEndpointPropertiesParams = "application/alto-endpointpropparams+json"
	MediaTypeEndpointCosts            = "application/alto-endpointcost+json"
	MediaTypeEndpointCostsParams      = "application/alto-endpointcostparams+json"
	MediaTypeError                    = "application/alto-error+json"
)

// isMediaType compares as RFC 9110 section 8.3.1 wants: without parameters and
// without regard to case.
func isMediaType(have, want string) bool {
	parsed, _, err := mime.ParseMediaType(have)
	// Parameters may be ill-formed, as in the examples of RFC 9275.
	return (err == nil || errors.Is(err, mime.ErrInvalidMediaParameter)) && parsed == want
}

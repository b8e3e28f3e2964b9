package altoserver

import (
	"testing"

	"github.com/altracker/altracker/altoclient"
)

// The dates of the examples of RFC 8896 have wrong weekdays and days of one digit.
var dates = []string{"Tue, 1 Jul 2019", "Mon, 01 Jul 2019", "Mon, 30 Jun 2019", "Sun, 30 Jun 2019"}

func TestServerGivesTheAnswersOfRFC8896(t *testing.T) {
	s := New(contentOf(t, threePIDs, example(t, "rfc8896/costmap.json")), Config{})
	r := ask(s, "POST", "/costmap/num/throughputrating/filtered", example(t, "rfc8896/costmap-request.json"),
		"Content-Type: "+altoclient.MediaTypeCostMapFilter)
	wantJSON(t, "cost map", r, example(t, "rfc8896/costmap.json", dates...))

	for _, n := range []string{"1", "2"} {
		s := New(contentOf(t, hosts, hostCosts(t, "rfc8896/endpointcost-"+n+".json")), Config{})
		r := ask(s, "POST", "/endpointcost", example(t, "rfc8896/endpointcost-request-"+n+".json"),
			"Content-Type: "+altoclient.MediaTypeEndpointCostsParams)
		wantJSON(t, "endpoint costs "+n, r, example(t, "rfc8896/endpointcost-"+n+".json", dates...))
	}
}

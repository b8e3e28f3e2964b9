package altoserver

import (
	"strings"
	"testing"

	"github.com/altracker/altracker/altoclient"
)

// The network maps and the properties of RFC 9240 section 10.
const (
	defaultMap = `{"meta":{"vtag":{"resource-id":"default-network-map","tag":"3ee2cb7e8d63d9fab71b9b34cbf764436315542e"}},"network-map":{
		"defaultpid":{"ipv4":["0.0.0.0/0"],"ipv6":["::/0"]},"pid1":{"ipv4":["192.0.2.0/25"]},"pid2":{"ipv4":["192.0.2.0/27"]},
		"pid3":{"ipv4":["192.0.3.0/28"]},"pid4":{"ipv4":["192.0.3.16/28"]}}}`
	altMap = `{"meta":{"vtag":{"resource-id":"alt-network-map","tag":"c0ce023b8678a7b9ec00324673b98e54656d1f6d"}},"network-map":{
		"defaultpid":{"ipv4":["0.0.0.0/0"],"ipv6":["::/0"]},"pid1":{"ipv4":["192.0.2.0/27"]},"pid2":{"ipv4":["192.0.3.0/27"]}}}`
	bothTags = `[{"resource-id":"default-network-map","tag":"3ee2cb7e8d63d9fab71b9b34cbf764436315542e"},
		{"resource-id":"alt-network-map","tag":"c0ce023b8678a7b9ec00324673b98e54656d1f6d"}]`
	addressProperties = `{"meta":{"vtag":{"resource-id":"iacs","tag":"1"},"dependent-vtags":` + bothTags + `},"property-map":{
		"ipv4:192.0.2.0/23":{".ISP":"BitsRus",".countrycode":"us"},
		"ipv4:192.0.2.0/28":{".ASN":"65543",".state":"NJ"},"ipv4:192.0.2.16/28":{".ASN":"65543",".state":"CT"},
		"ipv4:192.0.2.1":{".state":"PA"},
		"ipv4:192.0.3.0/28":{".ASN":"65544",".state":"TX"},"ipv4:192.0.3.16/28":{".ASN":"65544",".state":"MN"}}}`
	pidProperties = `{"meta":{"vtag":{"resource-id":"region","tag":"1"}},"property-map":{
		"default-network-map.pid:pid1":{".region":"us-west"},"default-network-map.pid:pid2":{".region":"us-east"},
		"default-network-map.pid:pid3":{".region":"us-south"},"default-network-map.pid:pid4":{".region":"us-north"},
		"alt-network-map.pid:pid1":{".ASN":"65543"},"alt-network-map.pid:pid2":{".ASN":"65544"}}}`
	dataCentres = `{"meta":{"vtag":{"resource-id":"ane-dc","tag":"1"}},"property-map":{
		".ane:dc21":{"storage-capacity":40000,"ram":8000,"cpu":500},".ane:dc45-srv9":{"storage-capacity":100,"ram":5,"cpu":20},
		".ane:dc6-srvcluster8":{"storage-capacity":6000,"cpu":100}}}`
)

// propertyContent is the server of RFC 9240 section 10.
func propertyContent(t testing.TB, more ...string) *Content {
	t.Helper()
	content, err := contentOf(t, defaultMap).With([]byte(altMap))
	if err != nil {
		t.Fatal(err)
	}
	return withProperties(t, content, append([]string{addressProperties, pidProperties, dataCentres}, more...)...)
}

func TestServerGivesTheAnswersOfRFC9240(t *testing.T) {
	s := New(propertyContent(t, example(t, "rfc9240/propmap-full.json")), Config{})
	wantJSON(t, "full", ask(s, "GET", "/propmap/property-map-4", ""), example(t, "rfc9240/propmap-full.json"))
	// The fourth example has another tag of the network map than the others.
	retag := []string{"7915dc0290c2705481c491a2b4ffbec482b3cf62", "3ee2cb7e8d63d9fab71b9b34cbf764436315542e"}
	for n, path := range map[string]string{
		"1": "/propmap/iacs/filtered", "2": "/propmap/iacs/filtered", "3": "/propmap/filtered",
		"4": "/propmap/region/filtered", "5": "/propmap/ane-dc/filtered",
	} {
		r := ask(s, "POST", path, example(t, "rfc9240/propmap-request-"+n+".json"), "Content-Type: "+altoclient.MediaTypePropertyMapFilter)
		wantJSON(t, n, r, example(t, "rfc9240/propmap-"+n+".json", retag...))
	}
}

// TestDirectoryListsTheMappingsOfRFC9240 compares with section 10.3.
func TestDirectoryListsTheMappingsOfRFC9240(t *testing.T) {
	client, dir := visit(t, propertyContent(t))
	for _, tt := range []struct{ domain, property, want, uses string }{
		{"ipv4", ".ISP", "iacs", "default-network-map,alt-network-map"},
		{"default-network-map.pid", ".region", "region", "default-network-map,alt-network-map"},
		{"alt-network-map.pid", ".ASN", "region", "default-network-map,alt-network-map"},
		{".ane", "cpu", "ane-dc", ""},
		{"ipv4", "default-network-map.pid", "pid-property-map", "default-network-map,alt-network-map"},
		{"ipv6", "alt-network-map.pid", "pid-property-map", "default-network-map,alt-network-map"},
	} {
		r, ok := dir.PropertyMap(tt.domain, tt.property)
		if !ok || r.ID != tt.want || strings.Join(r.Uses, ",") != tt.uses {
			t.Errorf("%s of %s is in %q, which uses %v; want %q, %s", tt.property, tt.domain, r.ID, r.Uses, tt.want, tt.uses)
		}
	}
	r, _ := dir.Resource("iacs-filtered")
	m, err := client.PropertyMap(t.Context(), r, altoclient.PropertyFilter{Entities: []string{"ipv4:192.0.2.17"}})
	if err != nil {
		t.Fatal(err)
	}
	if isp, _ := m.Text("ipv4:192.0.2.17", ".ISP"); isp != "BitsRus" || m.Len() != 1 {
		t.Errorf("%q, %d entities", isp, m.Len())
	}
}

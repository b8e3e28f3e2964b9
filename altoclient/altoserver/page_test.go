package altoserver

import (
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/altracker/altracker/altoclient"
)

func TestServerZipsWhatIsWorthIt(t *testing.T) {
	var long strings.Builder
	long.WriteString(`{"meta":{"vtag":{"resource-id":"lab","tag":"1"}},"network-map":{`)
	for i := range 300 {
		if i > 0 {
			long.WriteByte(',')
		}
		long.WriteString(`"pid-` + strings.Repeat("x", i%50) + strings.Repeat("y", i/50) + `":{}`)
	}
	long.WriteString("}}")
	content, err := NewContent([]byte(long.String()))
	if err != nil {
		t.Fatal(err)
	}
	s := New(content, Config{})
	plain := ask(s, "GET", "/networkmap", "")
	if plain.Header.Get("Content-Encoding") != "" || plain.Header.Get("Vary") != "Accept-Encoding" || text(t, plain) != long.String() {
		t.Errorf("unasked: %v", plain.Header)
	}
	for _, question := range []func() *http.Response{
		func() *http.Response { return ask(s, "GET", "/networkmap", "", "Accept-Encoding: deflate, gzip;q=0.5") },
		func() *http.Response {
			return ask(s, "POST", "/networkmap/filtered", `{"pids":[]}`, "Accept-Encoding: *",
				"Content-Type: "+altoclient.MediaTypeNetworkMapFilter)
		},
	} {
		r := question()
		if r.Header.Get("Content-Encoding") != "gzip" || r.Header.Get("ETag") != "" && r.Header.Get("ETag") == plain.Header.Get("ETag") {
			t.Fatalf("asked for: %v", r.Header)
		}
		unzip, err := gzip.NewReader(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		if b, err := io.ReadAll(unzip); err != nil || string(b) != long.String() {
			t.Errorf("unzipped: %d bytes, %v; want %d", len(b), err, long.Len())
		}
	}
	zipped := ask(s, "GET", "/networkmap", "", "Accept-Encoding: gzip")
	if r := ask(s, "GET", "/networkmap", "", "Accept-Encoding: gzip", "If-None-Match: "+zipped.Header.Get("ETag")); r.StatusCode != http.StatusNotModified {
		t.Errorf("the zipped one's ETag: %s", r.Status)
	}
	if r := ask(newServer(t, Config{}), "GET", "/networkmap", "", "Accept-Encoding: gzip"); r.Header.Get("Content-Encoding") != "" {
		t.Error("a short map is zipped")
	}
}

func TestAcceptsGzip(t *testing.T) {
	for text, want := range map[string]bool{
		"": false, "gzip": true, "GZIP": true, "deflate": false, "gzip;q=0": false, "gzip; q=0.000": false,
		"gzip;q=1.0": true, "*": true, "*;q=0": false, "gzip;q=0, *": false, "br, gzip": true, "gzip;q=x": false,
	} {
		if got := acceptsGzip(http.Header{"Accept-Encoding": {text}}); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

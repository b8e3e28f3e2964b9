package altoserver

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/altracker/altracker/altoclient"
)

// example reads an example of an RFC, with replacements.
func example(t testing.TB, name string, replace ...string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "testdata", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer(replace...).Replace(string(b))
}

func canonical(t *testing.T, doc string) string {
	t.Helper()
	v := jsontext.Value(doc)
	if err := v.Canonicalize(); err != nil {
		t.Fatalf("%v: %s", err, doc)
	}
	return string(v)
}

// wantJSON wants an answer that says the same as want.
func wantJSON(t *testing.T, name string, r *http.Response, want string) {
	t.Helper()
	got := text(t, r)
	if r.StatusCode != http.StatusOK {
		t.Errorf("%s: %s %s", name, r.Status, got)
		return
	}
	if got, want := canonical(t, got), canonical(t, want); got != want {
		t.Errorf("%s: %s\nwant %s", name, got, want)
	}
}

// contentOf reads a network map and its cost maps.
func contentOf(t testing.TB, network string, costs ...string) *Content {
	t.Helper()
	var docs [][]byte
	for _, doc := range costs {
		docs = append(docs, []byte(doc))
	}
	content, err := NewContent([]byte(network), docs...)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func withProperties(t testing.TB, content *Content, docs ...string) *Content {
	t.Helper()
	for _, doc := range docs {
		var err error
		if content, err = content.WithProperties([]byte(doc)); err != nil {
			t.Fatal(err)
		}
	}
	return content
}

// visit has a client look at the directory of a server of content.
func visit(t *testing.T, content *Content) (*altoclient.Client, *altoclient.Directory) {
	t.Helper()
	web := httptest.NewServer(New(content, Config{}))
	t.Cleanup(web.Close)
	client := altoclient.NewClient(altoclient.Config{})
	t.Cleanup(client.Close)
	dir, err := client.Directory(t.Context(), web.URL+"/directory")
	if err != nil || len(dir.Problems) > 0 {
		t.Fatal(err, dir.Problems)
	}
	return client, dir
}

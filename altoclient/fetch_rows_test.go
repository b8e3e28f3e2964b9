package altoclient

import (
	"errors"
	"strings"
	"testing"
)

const fullResource = `,"full":{"uri":"/full","media-type":"application/alto-costmap+json","uses":["map"],"capabilities":{"cost-type-names":["rc"]}}`

const filteredResource = fullResource + `,"part":{"uri":"/part","media-type":"application/alto-costmap+json","accepts":"application/alto-costmapfilter+json",
	"uses":["map"],"capabilities":{"cost-type-names":["rc"]}}`

// TestRowsAreFetchedWhereTheMatrixWouldBeTooLarge has a limit that pays for two
// homes. They are the PIDs with the most addresses, a and b.
func TestRowsAreFetchedWhereTheMatrixWouldBeTooLarge(t *testing.T) {
	s := newShelf(t, filteredResource)
	s.put(`/part {"cost-type":{"cost-mode":"numerical","cost-metric":"routingcost"},"pids":{"srcs":["a","b"],"dsts":[]}}`,
		costMapDoc(Numerical, `{"a":{"b":1,"c":2},"b":{"c":3}}`))
	s.put(`/part {"cost-type":{"cost-mode":"numerical","cost-metric":"routingcost"},"pids":{"srcs":[],"dsts":["a","b"]}}`,
		costMapDoc(Numerical, `{"c":{"a":7,"b":8},"b":{"a":9}}`))
	s.put("/map", networkMapDoc(`{"c":{"ipv4":["12.0.0.0/24"]},"a":{"ipv4":["10.0.0.0/8"]},"b":{"ipv4":["11.0.0.0/16"]},"d":{},"world":{"ipv4":["0.0.0.0/0"]}}`))
	r := s.remote(t, Config{Limits: Limits{Pairs: 35}}) // six cells a row, two directions: two homes
	got, err := r.fetch(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		home    uint32
		outward bool
		want    string
	}{
		{2, true, "1:- 2:2* 3:-* 4:1* 5:-* 6:-"},
		{2, false, "1:- 2:7* 3:-* 4:9* 5:-* 6:-"},
		{3, false, "1:- 2:8* 3:1* 5:-* 6:-"},
		{1, true, "1:- 2:-* 3:7* 4:8* 5:-* 6:-"}, // no home, but they are
	} {
		if have := rowString(got.snapshot.Row(tt.home, tt.outward)); have != tt.want {
			t.Errorf("row of %d, outward %v: %s, want %s", tt.home, tt.outward, have, tt.want)
		}
	}
	again, err := r.fetch(t.Context(), false)
	if err != nil || again.snapshot != got.snapshot {
		t.Errorf("the same costs make another Snapshot: %v", err)
	}
	for _, asked := range s.asked {
		if asked == "/full" {
			t.Error("the full map is asked for")
		}
	}
}

func TestMatrixThatIsTooLargeLeavesTheNetworkMap(t *testing.T) {
	s := newShelf(t, fullResource)
	s.put("/full", costMapDoc(Numerical, `{"a":{"b":1},"b":{"a":1},"c":{"a":1}}`))
	r := s.remote(t, Config{Limits: Limits{Pairs: 8}})
	got, err := r.fetch(t.Context(), false)
	if !errors.Is(err, ErrTooLarge) || got.snapshot == nil || got.snapshot.costs != nil {
		t.Errorf("error %v, want ErrTooLarge with the network map alone", err)
	}
}

func TestRowsByDestinationAreCheckedAlike(t *testing.T) {
	network := parseNetworkMap(t, networkMapDoc(`{"a":{},"b":{}}`))
	for doc, want := range map[string]string{
		costMapDoc(Numerical, `{"a":{"b":1,"b":2}}`): "/cost-map/a/b: duplicate",
		costMapDoc(Ordinal, `{"a":{"b":-1}}`):        "/cost-map/a/b: cost -1",
	} {
		if _, err := parseCosts(strings.NewReader(doc), network, Limits{}, true); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

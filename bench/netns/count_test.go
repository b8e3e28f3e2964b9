package netns

import (
	"net/netip"
	"strings"
	"testing"
)

// What nft 1.0.6 says, shortened.
const listed = `{"nftables": [{"metainfo": {"version": "1.0.6", "release_name": "Lester Gooch #5", "json_schema_version": 1}},
{"set": {"family": "bridge", "name": "pairs", "table": "altbench", "type": ["ipv4_addr", "ipv4_addr"], "handle": 1, "size": 65535, "flags": ["dynamic"], "elem": [
{"elem": {"val": {"concat": ["198.18.1.1", "198.18.2.1"]}, "counter": {"packets": 3, "bytes": 4096}}},
{"elem": {"val": {"concat": ["198.18.2.1", "198.18.1.1"]}, "counter": {"packets": 1, "bytes": 100}}}], "stmt": [{"counter": null}]}}]}`

func TestCountsAreRead(t *testing.T) {
	got, err := parseCounts([]byte(listed))
	if err != nil {
		t.Fatal(err)
	}
	a, b := netip.MustParseAddr("198.18.1.1"), netip.MustParseAddr("198.18.2.1")
	if len(got) != 2 || got[[2]netip.Addr{a, b}] != 4096 || got[[2]netip.Addr{b, a}] != 100 {
		t.Errorf("counts are %v", got)
	}
	if got := trafficOf(got, a); got != (Traffic{Sent: 4096, Received: 100}) {
		t.Errorf("traffic of %v is %+v", a, got)
	}
	empty, err := parseCounts([]byte(`{"nftables": [{"metainfo": {}}, {"set": {"name": "pairs"}}]}`))
	if err != nil || len(empty) != 0 {
		t.Errorf("an empty set: %v, %v", empty, err)
	}
}

func TestCountsThatAreNoneAreRefused(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"table bridge altbench {", "what nft lists"},
		{`{"nftables": []}`, "0 sets"},
		{strings.Replace(listed, `"198.18.1.1", `, "", 1), "element 0"},
		{strings.Replace(listed, `, "counter": {"packets": 1, "bytes": 100}`, "", 1), "element 1"},
		{strings.Replace(listed, "198.18.1.1", "nobody", 1), "nobody"},
	} {
		if got, err := parseCounts([]byte(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.60s: %v, error %v, want one about %q", c.text, got, err, c.want)
		}
	}
}

package altoclient

import (
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"testing"
)

// labelString writes a row of texts as "1: 3:east": PID 0 has none, 1 and 2 are east.
func labelString(ends []uint32, texts []string) string {
	var parts []string
	for i, end := range ends {
		parts = append(parts, fmt.Sprintf("%d:%s", end, texts[i]))
	}
	return strings.Join(parts, " ")
}

func labelledSnapshot(t *testing.T) *Snapshot {
	t.Helper()
	s := newSnapshot(t, `{"a":{"ipv4":["10.0.0.0/16"]},"b":{"ipv4":["10.1.0.0/16"]},"c":{"ipv4":["10.2.0.0/16"]},"world":{"ipv4":["0.0.0.0/0"]}}`, "", SnapshotConfig{})
	s, err := s.WithProperties(
		parsePropertyMap(t, `{"property-map":{
			"map.pid:a":{".region":"north","city":"x"},"map.pid:b":{".region":"north",".City":"y"},"map.pid:c":{".region":"south"},"other.pid:c":{".planet":"mars"}}}`),
		parsePropertyMap(t, `{"property-map":{"ipv4:10.0.0.0/15":{".ISP":"one"},"map.pid:world":{".empty":null}}}`))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestSnapshotLabels: a policy says isp for what the examples of RFC 9240 call .ISP.
func TestSnapshotLabels(t *testing.T) {
	s := labelledSnapshot(t)
	for property, want := range map[string]string{
		"region":  "1: 3:north 4:south 5:",
		".region": "1: 3:north 4:south 5:",
		"isp":     "1: 3:one 5:",
		"ISP":     "1: 3:one 5:",
		".ISP":    "1: 3:one 5:",
		"city":    "1: 2:x 5:", // the one of this very name, not .City
		".City":   "2: 3:y 5:",
		"planet":  "", // of another map's PIDs
		"empty":   "",
		"none":    "",
		"":        "",
	} {
		for range 2 { // made, then kept
			if got := labelString(s.Labels(property)); got != want {
				t.Errorf("%q is %q, want %q", property, got, want)
			}
		}
	}
	if ends, texts := newSnapshot(t, lab4, "", SnapshotConfig{}).Labels("isp"); ends != nil || texts != nil {
		t.Error("a map without properties knows one")
	}
}

// TestAtlasLabels: each home PID is told by its own source, in the Atlas's numbers.
func TestAtlasLabels(t *testing.T) {
	s := labelledSnapshot(t)
	other := newSnapshot(t, `{"p":{"ipv4":["10.1.128.0/17","10.9.0.0/16"]},"q":{"ipv4":["10.2.128.0/17"]}}`, "", SnapshotConfig{})
	bare := newSnapshot(t, lab4, "", SnapshotConfig{})
	a := NewAtlas(nil, []Member{
		{Name: "labelled", View: s, Requesters: prefixes("10.0.0.0/14"), Numbering: 1},
		{Name: "other", View: other, Numbering: 2},
		{Name: "bare", View: bare, Numbering: 3},
	}, nil)
	told := func(home, addr, property string) string {
		ends, texts := a.Labels(a.PID(netip.MustParseAddr(home)), property)
		l := labels{ends, texts}
		return l.at(a.PID(netip.MustParseAddr(addr)))
	}
	var asking sync.WaitGroup
	for range 4 {
		asking.Go(func() {
			for addr, want := range map[string]string{
				"10.0.0.1": "north", "10.1.0.1": "north", "10.1.128.1": "north", "10.2.0.1": "south", "10.2.128.1": "south", "10.9.0.1": "", "8.8.8.8": "",
			} {
				if got := told("10.0.0.1", addr, "region"); got != want {
					t.Errorf("%s is in region %q, want %q", addr, got, want)
				}
			}
		})
	}
	asking.Wait()
	for _, home := range []string{"10.9.0.1", "127.1.0.9", "8.8.8.8"} {
		if ends, _ := a.Labels(a.PID(netip.MustParseAddr(home)), "region"); ends != nil {
			t.Errorf("%s has a source that knows regions", home)
		}
	}
	alone := NewAtlas(nil, []Member{{Name: "labelled", View: s, Numbering: 1}}, nil)
	if got := labelString(alone.Labels(1, "region")); got != "1: 3:north 4:south 5:" {
		t.Errorf("alone, the regions are %q", got)
	}
}

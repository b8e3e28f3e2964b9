package altoclient

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func multipartType(boundary string) string {
	return "multipart/related; boundary=" + boundary + "; type=application/alto-costmap+json"
}

func TestPathVectorsOfRFC9275(t *testing.T) {
	for _, tt := range []struct {
		name, boundary, src, dst, path string
		costs                          []float32
		element, property, want        string
	}{
		{"costmap-0", "example-1", "PID1", "PID2", "[ANE1]", nil, "ANE1", "max-reservable-bandwidth", "100000000"},
		{"costmap-1", "example-1", "PID1", "PID4", "[L1 L2]", nil, "L1", "max-reservable-bandwidth", ""},
		{"endpointcost-0", "example-1", "ipv4:192.0.2.2", "ipv4:192.0.2.18", "[ANE1]", nil, "ANE1", "max-reservable-bandwidth", "100000000"},
		{"endpointcost-1", "example-2", "ipv4:192.0.2.34", "ipv4:192.0.2.2", "[NET3 L1 NET1]", nil, "NET1", "persistent-entity-id", "ane-props.ane:MEC1"},
		{"endpointcost-2", "example-2", "ipv6:2001:db8::3:1", "ipv6:2001:db8::4:1", "[NET3 AGGR2]", nil, "AGGR2", "max-reservable-bandwidth", "15000000000"},
		{"endpointcost-multicost", "example-4", "ipv4:192.0.2.34", "ipv4:192.0.2.2", "[NET3 AGGR1]", []float32{3}, "AGGR1", "persistent-entity-id", "ane-props.ane:MEC1"},
	} {
		doc := readTestdata(t, "rfc9275/"+tt.name+".multipart")
		for _, doc := range []string{doc, strings.ReplaceAll(doc, "\n", "\r\n")} {
			v, err := ParsePathVector(strings.NewReader(doc), multipartType(tt.boundary), Limits{})
			if err != nil {
				t.Fatalf("%s: %v", tt.name, err)
			}
			p, ok := v.Path(tt.src, tt.dst)
			if got := fmt.Sprint(p.Elements); !ok || got != tt.path || !slices.Equal(p.Costs, tt.costs) {
				t.Errorf("%s: path %s with costs %v, want %s with %v", tt.name, got, p.Costs, tt.path, tt.costs)
			}
			if got, ok := v.Element(tt.element, tt.property); got != tt.want || ok != (tt.want != "") {
				t.Errorf("%s: %s of %s is %q, want %q", tt.name, tt.property, tt.element, got, tt.want)
			}
			if v.VersionTag == (VersionTag{}) || len(v.CostTypes) != len(tt.costs) {
				t.Errorf("%s: version tag %v, cost types %v", tt.name, v.VersionTag, v.CostTypes)
			}
		}
	}
}

func TestDirectoryOfRFC9275(t *testing.T) {
	dir := parseDirectory(t, "http://h/directory", readTestdata(t, "rfc9275/directory.json"))
	r, ok := dir.Resource("multicost-pv")
	if !ok || r.MaxCostTypes != 2 || !isMediaType(r.MediaType, MediaTypeMultipart) ||
		!slices.Equal(r.ANEProperties, []string{"max-reservable-bandwidth", "persistent-entity-id"}) {
		t.Errorf("resource %+v", r)
	}
	if len(dir.Problems) > 0 {
		t.Errorf("problems: %v", dir.Problems)
	}
}

func TestPathVectorRefuses(t *testing.T) {
	good := readTestdata(t, "rfc9275/costmap-1.multipart")
	replace := func(old, new string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("%q is not in the example", old)
		}
		return strings.Replace(good, old, new, 1)
	}
	half := good[:strings.LastIndex(good[:len(good)-20], "--example-1")]
	for _, tt := range []struct{ name, doc, mediaType, text string }{
		{"another media type", good, "application/json; boundary=example-1", "want multipart/related"},
		{"no media type", good, "", "media type"},
		{"no boundary", good, "multipart/related", "no boundary"},
		{"another boundary", good, multipartType("x"), "no part has paths"},
		{"another start", good, multipartType("example-1") + `; start="<x@y>"`, "want the start"},
		{"one part", half + "--example-1--\n", "", "no part has properties"},
		{"two parts of paths", half + good, "", "two parts have paths"},
		{"an element without a name", replace(`[ "L1" ]`, `[ 1 ]`), "", "/cost-map/PID1/PID3/0: want a string"},
		{"an element of a bad name", replace(`[ "L1" ]`, `[ "L 1" ]`), "", "/cost-map/PID1/PID3/0: name"},
		{"a number for a path", replace(`[ "L1" ]`, `1`), "", "/cost-map/PID1/PID3: want an array"},
		{"an element without properties", replace(`[ "L1" ]`, `[ "L9" ]`), "", `network element "L9"`},
		{"another cost type", replace(`ane-path`, `routingcost`), "", "/meta/cost-type: want ane-path/array"},
		{"a pair twice", replace(`"PID4"`, `"PID3"`), "", "/cost-map/PID1/PID3: duplicate"},
		{"a bad PID", replace(`"PID1"`, `"PID 1"`), "", "only letters"},
		{"no network map", replace("dependent-vtags", "tags"), "", "/meta/dependent-vtags: is missing"},
		{"properties of other paths", replace(`"tag": "d827`, `"tag": "X827`), "", "version tags do not agree"},
	} {
		if tt.mediaType == "" && tt.name != "no media type" {
			tt.mediaType = multipartType("example-1")
		}
		v, err := ParsePathVector(strings.NewReader(tt.doc), tt.mediaType, Limits{})
		if err == nil || !strings.Contains(err.Error(), tt.text) || v != nil {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.text)
		}
	}
}

func TestPathVectorReadsMetaThatComesLast(t *testing.T) {
	doc := `{"cost-map":{"a":{"b":["x"]}},"meta":{"dependent-vtags":[{"resource-id":"n","tag":"1"}],"cost-type":{"cost-mode":"array","cost-metric":"ane-path"}}}`
	v, err := parsePaths(strings.NewReader(doc), false, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if p, ok := v.Path("a", "b"); !ok || !slices.Equal(p.Elements, []string{"x"}) {
		t.Errorf("path %+v", p)
	}
	_, err = parsePaths(strings.NewReader(strings.Replace(doc, `"x"`, `1`, 1)), false, Limits{})
	wantParseError(t, err, "/cost-map/a/b/0", "want a string")
}

func TestPathVectorObeysLimits(t *testing.T) {
	doc := readTestdata(t, "rfc9275/costmap-1.multipart")
	for name, limits := range map[string]Limits{"bytes": {Bytes: 300}, "PIDs": {PIDs: -1}, "names": {Pairs: 4}, "elements": {Prefixes: 1}} {
		if _, err := ParsePathVector(strings.NewReader(doc), multipartType("example-1"), limits); !errors.Is(err, ErrTooLarge) {
			t.Errorf("limit of %s: %v, want ErrTooLarge", name, err)
		}
	}
}

func FuzzParsePathVector(f *testing.F) {
	for _, name := range []string{"costmap-0", "costmap-1", "endpointcost-0"} {
		f.Add([]byte(readTestdata(f, "rfc9275/"+name+".multipart")))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		v, err := ParsePathVector(strings.NewReader(string(doc)), multipartType("example-1"), Limits{Bytes: 1 << 16})
		if err != nil {
			return
		}
		for src, dst := range v.Pairs() {
			if p, ok := v.Path(src, dst); !ok || len(p.Costs) != len(v.CostTypes) {
				t.Fatalf("from %s to %s: %+v", src, dst, p)
			}
		}
	})
}

package altoserver

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	jsonpatch "github.com/evanphx/json-patch/v5"

	"github.com/altracker/altracker/altoclient"
)

// inputOf makes an entry of add for a filtered cost map.
func inputOf(id, input string) string {
	return fmt.Sprintf(`{"resource-id":%q,"input":%s}`, id, input)
}

func TestStreamsFollowAnswers(t *testing.T) {
	content := func(costs string) *Content { return contentOf(t, networkDoc, costs, delayDoc) }
	s := New(content(costsDoc), Config{})
	both := `{"multi-cost-types":` + typed("num-routingcost", "num-delay-ow") + `,"pids":{"srcs":["a"],"dsts":[]}}`
	low := `{"cost-type":` + strings.Trim(typed("num-routingcost"), "[]") + `,"constraints":["le 5"]}`
	l := listen(t, servedAt(t, s), `{"add":{"net":{"resource-id":"lab","tag":"1"},
		"both":`+inputOf(multiCostMapID, both)+`,"low":`+inputOf("num-routingcost-map-filtered", low)+`}}`)
	l.want(altoclient.MediaTypeCostMap+",both", `"vtag":{"resource-id":"multi-cost-map-filtered"`, `{"a":{"a":[1,100],"b":[0.1,200],"world":[9,null]}}`)
	l.want(altoclient.MediaTypeCostMap+",low", `{"a":{"a":1,"b":0.1},"b":{"a":5,"b":1}}`)

	// What no longer passes is gone (RFC 8895 section 9.3); what nobody follows is
	// no event.
	s.Publish(content(strings.Replace(costsDoc, `"b":0.1`, `"b":7`, 1)))
	l.want(mergeOf+"both", `"cost-map":{"a":{"b":[7,200]}}`)
	l.want(mergeOf+"low", `"cost-map":{"a":{"b":null}}`)
	s.Publish(content(strings.Replace(costsDoc, `"b":0.1`, `"b":8`, 1)))
	l.want(mergeOf+"both", `"cost-map":{"a":{"b":[8,200]}}`)

	// One cost type that is no more ends what was asked of both.
	s.Publish(contentOf(t, networkDoc, costsDoc))
	l.want(altoclient.MediaTypeUpdateStreamControl, `{"stopped":["both"]}`)
	l.want(mergeOf+"low", `"cost-map":{"a":{"b":0.1}}`)
}

func TestStreamsExplainBadInputs(t *testing.T) {
	s := New(withProperties(t, contentOf(t, networkDoc, costsDoc, delayDoc), labProperties), Config{})
	one := `{"cost-type":` + strings.Trim(typed("num-routingcost"), "[]") + `}`
	for _, tt := range []struct{ name, add, want string }{
		{"no input", `{"resource-id":"multi-cost-map-filtered"}`, "E_MISSING_FIELD, field add/x/input"},
		{"null", inputOf(multiCostMapID, "null"), "E_MISSING_FIELD, field add/x/input"},
		{"an input that asks for nothing", inputOf(multiCostMapID, "{}"), "E_MISSING_FIELD, field add/x/input/cost-type"},
		{"a wrong type", inputOf(multiCostMapID, "7"), "E_INVALID_FIELD_TYPE, field add/x/input"},
		{"a wrong type within", inputOf(multiCostMapID, `{"cost-type":7}`), "E_INVALID_FIELD_TYPE, field add/x/input/cost-type"},
		{"another cost type", inputOf("num-delay-ow-map-filtered", one), "E_INVALID_FIELD_VALUE, field add/x/input/cost-type/cost-metric, value routingcost"},
		{"a map that takes none", inputOf("lab", one), "E_INVALID_FIELD_VALUE, field add/x/input"},
		{"a resource without updates", inputOf("property-map-filtered", `{"entities":[]}`), "E_INVALID_FIELD_VALUE, field add/x/resource-id, value property-map-filtered"},
	} {
		wantFault(t, tt.name, ask(s, "POST", "/updates", `{"add":{"x":`+tt.add+`}}`, streamParams), tt.want)
	}
	var many []string
	for i := range maxInputs + 1 {
		many = append(many, fmt.Sprintf(`"s%02d":%s`, i, inputOf(multiCostMapID, one)))
	}
	wantFault(t, "too many", ask(s, "POST", "/updates", `{"add":{`+strings.Join(many, ",")+`}}`, streamParams), "E_INVALID_FIELD_VALUE, field add, value s16")
	if r := ask(s, "POST", "/tips", `{"resource-id":"multi-cost-map-filtered","input":`+one+`}`, tipsParams); r.StatusCode != http.StatusBadRequest {
		t.Errorf("a view of an answer: %s", r.Status)
	}
}

func TestAnswersAreKeptOnceAndWithinBounds(t *testing.T) {
	c := contentOf(t, networkDoc, costsDoc, delayDoc)
	of := subject{multiCostMapID, canonical(t, `{"multi-cost-types":`+typed("num-delay-ow")+`}`)}
	one, ok := c.resource(of)
	two, _ := c.resource(of)
	if !ok || &one.body[0] != &two.body[0] || c.answers.bytes != len(one.body) {
		t.Errorf("%t, %d bytes", ok, c.answers.bytes)
	}
	c.answers.bytes = maxAnswers
	other := subject{multiCostMapID, canonical(t, `{"multi-cost-types":`+typed("num-routingcost")+`}`)}
	if r, ok := c.resource(other); !ok || len(c.answers.kept) != 1 || !strings.Contains(string(r.body), `"b":[0.1]`) {
		t.Errorf("%t, %d kept", ok, len(c.answers.kept))
	}
	for _, bad := range []subject{{multiCostMapID, "{}"}, {"nothing", of.input}, {multiCostMapID, ""}} {
		if _, ok := c.resource(bad); ok {
			t.Errorf("%+v is a resource", bad)
		}
	}
}

// TestAnswersOfManyVersionsAreUndoneByMerging compares with another implementation
// of JSON Merge Patch.
func TestAnswersOfManyVersionsAreUndoneByMerging(t *testing.T) {
	of := subject{multiCostMapID, canonical(t, `{"multi-cost-types":`+typed("num-delay-ow", "num-routingcost")+`,"or-constraints":[["[0] ge 1"],["[1] lt 4"]]}`)}
	from := contentOf(t, networkDoc, costsDoc, delayDoc)
	for i := range 30 {
		replace := strings.NewReplacer("0.1", fmt.Sprint(i%7), `"world":9`, `"world":`+fmt.Sprint(i%3), `"a":5,`, strings.Repeat(`"a":5,`, i%2))
		to := contentOf(t, networkDoc, replace.Replace(costsDoc), strings.Replace(delayDoc, "200", fmt.Sprint(200+i%5), 1))
		old, _ := from.resource(of)
		now, ok := to.resource(of)
		patch, ok2 := diffDocuments(old.body, now.body)
		if !ok || !ok2 {
			t.Fatal("no patch")
		}
		got, err := jsonpatch.MergePatch(old.body, patch)
		if err != nil || !sameJSON(t, got, now.body) {
			t.Fatalf("%s with %s is %s, %v, want %s", old.body, patch, got, err, now.body)
		}
		from = to
	}
}

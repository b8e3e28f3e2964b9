package altoserver

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/altracker/altracker/altoclient"
)

// BenchmarkFilterCostMap asks for all costs between 500 PIDs.
func BenchmarkFilterCostMap(b *testing.B) {
	const n = 500
	var pids, rows strings.Builder
	for i := range n {
		fmt.Fprintf(&pids, `%s"pid-%d":{}`, strings.Repeat(",", min(i, 1)), i)
		fmt.Fprintf(&rows, `%s"pid-%d":{`, strings.Repeat(",", min(i, 1)), i)
		for j := range n {
			fmt.Fprintf(&rows, `%s"pid-%d":%d`, strings.Repeat(",", min(j, 1)), j, (i*j)%97)
		}
		rows.WriteString("}")
	}
	network := `{"meta":{"vtag":{"resource-id":"lab","tag":"1"}},"network-map":{` + pids.String() + `}}`
	costs := func(metric string) []byte {
		return []byte(`{"meta":{"cost-type":{"cost-mode":"numerical","cost-metric":"` + metric + `"}},"cost-map":{` + rows.String() + `}}`)
	}
	content, err := NewContent([]byte(network), costs("routingcost"), costs("hopcount"))
	if err != nil {
		b.Fatal(err)
	}
	s := New(content, Config{})
	for _, bm := range []struct{ name, path, body string }{
		{"one type", "/costmap/num/routingcost/filtered", `{"cost-type":{"cost-mode":"numerical","cost-metric":"routingcost"}}`},
		{"a constraint", "/costmap/num/routingcost/filtered", `{"cost-type":{"cost-mode":"numerical","cost-metric":"routingcost"},"constraints":["ge 50"]}`},
		{"two types", "/costmap/multi/filtered", `{"multi-cost-types":[{"cost-mode":"numerical","cost-metric":"routingcost"},{"cost-mode":"numerical","cost-metric":"hopcount"}]}`},
	} {
		b.Run(bm.name, func(b *testing.B) {
			for b.Loop() {
				r := ask(s, "POST", bm.path, bm.body, "Content-Type: "+altoclient.MediaTypeCostMapFilter)
				if r.StatusCode != http.StatusOK {
					b.Fatal(r.Status)
				}
			}
		})
	}
}

package scenario

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"net/netip"
	"strconv"

	"github.com/altracker/altracker/bench/topo"
)

// draft is the maps before they are written: PIDs are the graph's nodes in order, and
// what faults add behind them.
type draft struct {
	pids   []string
	places [][]netip.Prefix // by PID
	costs  [][]float64      // from, to; NaN is not stated
	graph  *topo.Graph
	isps   []string
}

type documents struct{ network, costs, properties []byte }

// documents writes a network map, a cost map and a property map (RFC 7285 sections
// 11.2.1 and 11.2.3, RFC 9240). Whoever has an address that no PID holds is in "rest".
func (d *draft) documents() documents {
	body := []byte(`"network-map":{`)
	for pid, name := range d.pids {
		body = fmt.Appendf(body, "%q:{\"ipv4\":[", name)
		for i, p := range d.places[pid] {
			if i > 0 {
				body = append(body, ',')
			}
			body = strconv.AppendQuote(body, p.String())
		}
		body = append(body, "]},\n"...)
	}
	body = append(body, `"rest":{"ipv4":["0.0.0.0/0"],"ipv6":["::/0"]}}}`...)
	sum := sha256.Sum256(body)
	tag := hex.EncodeToString(sum[:8])
	return documents{
		network:    fmt.Appendf(nil, "{\"meta\":{\"vtag\":{\"resource-id\":\"pids\",\"tag\":%q}},\n%s", tag, body),
		costs:      d.costMap(tag),
		properties: d.propertyMap(tag),
	}
}

func (d *draft) costMap(tag string) []byte {
	text := fmt.Appendf(nil, `{"meta":{"dependent-vtags":[{"resource-id":"pids","tag":%q}],`+
		`"cost-type":{"cost-mode":"numerical","cost-metric":"routingcost"}},"cost-map":{`, tag)
	for from, row := range d.costs {
		if from > 0 {
			text = append(text, ',')
		}
		text = fmt.Appendf(text, "\n%q:{", d.pids[from])
		comma := false
		for to, cost := range row {
			if math.IsNaN(cost) {
				continue
			}
			if comma {
				text = append(text, ',')
			}
			comma = true
			text = append(strconv.AppendQuote(text, d.pids[to]), ':')
			text = strconv.AppendFloat(text, cost, 'g', 6, 64)
		}
		text = append(text, '}')
	}
	return append(text, "}}"...)
}

// propertyMap tells which ISP and country each PID is of.
func (d *draft) propertyMap(tag string) []byte {
	text := fmt.Appendf(nil, `{"meta":{"dependent-vtags":[{"resource-id":"pids","tag":%q}]},"property-map":{`, tag)
	for i, n := range d.graph.Nodes {
		if i > 0 {
			text = append(text, ',')
		}
		text = fmt.Appendf(text, "\n%q:{\".isp\":%q", "pids.pid:"+d.pids[i], plain(d.isps[n.ISP]))
		if n.Country != "" {
			text = fmt.Appendf(text, ",\".province\":%q", plain(n.Country))
		}
		text = append(text, '}')
	}
	return append(text, "}}"...)
}

package altoclient_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/altracker/altracker/altoclient"
	"github.com/altracker/altracker/altoclient/altoserver"
)

// world is what the server's maps say.
type world struct {
	random  *rand.Rand
	era     string
	version int
	holders []int         // of each prefix: its PID
	pids    map[int]bool  // that there are
	costs   []map[int]int // by cost type, by 1000*source+destination
}

const worldPIDs, worldPrefixes = 30, 400

func newWorld(costTypes int) *world {
	w := &world{random: rand.New(rand.NewPCG(11, 12)), era: "era1", holders: make([]int, worldPrefixes), pids: make(map[int]bool)}
	for i := range w.holders {
		w.holders[i] = w.random.IntN(worldPIDs)
	}
	for pid := range worldPIDs {
		w.pids[pid] = true
	}
	for range max(1, costTypes) {
		costs := make(map[int]int)
		for src := range worldPIDs {
			for dst := range worldPIDs {
				costs[1000*src+dst] = 1 + w.random.IntN(99)
			}
		}
		w.costs = append(w.costs, costs)
	}
	return w
}

// change does one of what servers do.
func (w *world) change() {
	cell := func() int { return 1000*w.random.IntN(worldPIDs) + w.random.IntN(worldPIDs) }
	some := w.costs[w.random.IntN(len(w.costs))]
	switch w.random.IntN(8) {
	case 0: // prefixes move
		for range 1 + w.random.IntN(20) {
			w.holders[w.random.IntN(len(w.holders))] = w.random.IntN(worldPIDs)
		}
		w.version++
	case 1: // a PID comes or goes; its prefixes go to the default one
		pid := 1 + w.random.IntN(worldPIDs-1)
		w.pids[pid] = !w.pids[pid]
		w.version++
	case 2: // a new version that says the same
		w.version++
	case 3: // all costs of all types
		for _, costs := range w.costs {
			for at := range costs {
				costs[at] = 1 + w.random.IntN(99)
			}
		}
	case 4: // pairs are defined no more
		for range 10 {
			delete(some, cell())
		}
	default:
		for range 1 + w.random.IntN(30) {
			some[cell()] = 1 + w.random.IntN(99)
		}
	}
}

// trouble does one of what networks and operators do.
func (w *world) trouble(t *testing.T, site *site) {
	switch w.random.IntN(6) {
	case 0, 1:
		site.cut()
	case 2:
		site.restart(t, w.content(t))
	case 3:
		w.era = fmt.Sprint("era", w.random.Uint32())
		site.restart(t, w.content(t))
	case 4:
		site.slowly.set(pace(1 + w.random.IntN(2)))
	case 5:
		site.slowly.set(0)
	}
}

func (w *world) name(pid int) string { return fmt.Sprint("pid-", pid) }

func (w *world) documents() (network []byte, costs [][]byte) {
	groups := make(map[string]map[string][]string)
	for pid := range worldPIDs {
		if w.pids[pid] {
			groups[w.name(pid)] = map[string][]string{"ipv4": {}}
		}
	}
	for i, pid := range w.holders {
		if !w.pids[pid] {
			pid = 0
		}
		group := groups[w.name(pid)]
		group["ipv4"] = append(group["ipv4"], netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(i >> 8), byte(i), 0}), 24).String())
	}
	tag := map[string]string{"resource-id": "net", "tag": fmt.Sprint(w.era, ".", w.version)}
	network, _ = json.Marshal(map[string]any{"meta": map[string]any{"vtag": tag}, "network-map": groups})
	for i, all := range w.costs {
		rows := make(map[string]map[string]int)
		for at, cost := range all {
			if src, dst := at/1000, at%1000; w.pids[src] && w.pids[dst] {
				if rows[w.name(src)] == nil {
					rows[w.name(src)] = make(map[string]int)
				}
				rows[w.name(src)][w.name(dst)] = cost
			}
		}
		metric := []string{altoclient.RoutingCost, delay.Metric}[i]
		doc, _ := json.Marshal(map[string]any{"cost-map": rows, "meta": map[string]any{
			"dependent-vtags": []any{tag}, "cost-type": map[string]string{"cost-mode": "numerical", "cost-metric": metric},
		}})
		costs = append(costs, doc)
	}
	return network, costs
}

func (w *world) content(t *testing.T) *altoserver.Content {
	t.Helper()
	network, costs := w.documents()
	content, err := altoserver.NewContent(network, costs...)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// describe is what a client must have that has read the documents.
func (w *world) describe(t *testing.T, weights []altoclient.CostWeight) string {
	t.Helper()
	doc, costDocs := w.documents()
	network, err := altoclient.ParseNetworkMap(bytes.NewReader(doc), altoclient.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	var columns []altoclient.CostColumn
	for _, doc := range costDocs {
		m, err := altoclient.ParseCostMap(bytes.NewReader(doc), network, altoclient.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		columns = append(columns, altoclient.NewCostColumn(m))
	}
	if weights == nil {
		weights = []altoclient.CostWeight{{Type: routing}}
	}
	plan, err := altoclient.NewCostPlan(weights, columns...)
	if err != nil {
		t.Fatal(err)
	}
	s, err := altoclient.NewPlannedSnapshot(network, plan, time.Now(), altoclient.SnapshotConfig{})
	if err != nil {
		t.Fatal(err)
	}
	return describe(s)
}

// describe says what a map says, however its PIDs are numbered.
func describe(view altoclient.View) string {
	s, ok := view.(*altoclient.Snapshot)
	if !ok || s.CostMap() == nil {
		return ""
	}
	var lines []string
	for prefix, pid := range s.Prefixes() {
		lines = append(lines, fmt.Sprint(prefix, " ", s.Name(pid)))
	}
	for src := uint32(1); int(src) <= s.PIDs(); src++ {
		for dst := uint32(1); int(dst) <= s.PIDs(); dst++ {
			lines = append(lines, fmt.Sprint(s.Name(src), " ", s.Name(dst), " ", s.Cost(src, dst)))
		}
	}
	slices.Sort(lines)
	return s.VersionTag().Tag + "\n" + strings.Join(lines, "\n")
}

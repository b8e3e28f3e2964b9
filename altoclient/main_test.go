package altoclient

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func readTestdata(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func parseNetworkMap(t testing.TB, doc string) *NetworkMap {
	t.Helper()
	m, err := ParseNetworkMap(strings.NewReader(doc), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func parseCostMap(t testing.TB, doc string, network *NetworkMap) *CostMap {
	t.Helper()
	m, err := ParseCostMap(strings.NewReader(doc), network, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// networkMapDoc wraps the value of network-map.
func networkMapDoc(pids string) string {
	return `{"meta":{"vtag":{"resource-id":"map","tag":"1"}},"network-map":` + pids + `}`
}

// costMapDoc wraps the value of cost-map.
func costMapDoc(mode, costs string) string {
	return `{"meta":{"dependent-vtags":[{"resource-id":"map","tag":"1"}],"cost-type":{"cost-mode":"` + mode +
		`","cost-metric":"routingcost"}},"cost-map":` + costs + `}`
}

// newSnapshot makes a Snapshot of the values of network-map and cost-map.
func newSnapshot(t testing.TB, pids, costs string, config SnapshotConfig) *Snapshot {
	t.Helper()
	network := parseNetworkMap(t, networkMapDoc(pids))
	var costMap *CostMap
	if costs != "" {
		costMap = parseCostMap(t, costMapDoc(Numerical, costs), network)
	}
	s, err := NewSnapshot(network, costMap, config)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

package load

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// The names of the files that WriteMaps writes.
const (
	NetworkMapFile = "networkmap.json"
	CostMapFile    = "costmap.json"
)

// MaxPIDs is how many PIDs the sources in 127/8 are spread over at most.
const MaxPIDs = networks

// region is how many PIDs have a cheap way to each other.
const region = 10

// WriteMaps writes an ALTO network map and cost map (RFC 7285) that give each of a
// number of PIDs, "pid-001" and so on, its share of the sources that an IPv4 load
// announces from. Inside a PID traffic costs 1, inside a region of ten PIDs 5, and
// beyond it 10 and the distance between the regions. The files depend on the number
// alone.
func WriteMaps(dir string, pids int) error {
	if pids < 1 || pids > MaxPIDs {
		return fmt.Errorf("load: %d PIDs: want 1 to %d", pids, MaxPIDs)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	tag := versionTag{"networkmap", fmt.Sprintf("load-%d", pids)}
	if err := writeJSON(filepath.Join(dir, NetworkMapFile), networkMapOf(pids, tag)); err != nil {
		return err
	}
	return writeJSON(filepath.Join(dir, CostMapFile), costMapOf(pids, tag))
}

type versionTag struct {
	ResourceID string `json:"resource-id"`
	Tag        string `json:"tag"`
}

type networkMap struct {
	Meta struct {
		VTag versionTag `json:"vtag"`
	} `json:"meta"`
	NetworkMap map[string]map[string][]string `json:"network-map"`
}

type costMap struct {
	Meta struct {
		Dependent []versionTag      `json:"dependent-vtags"`
		CostType  map[string]string `json:"cost-type"`
	} `json:"meta"`
	CostMap map[string]map[string]int `json:"cost-map"`
}

func pidName(i int) string { return fmt.Sprintf("pid-%03d", i+1) }

func networkMapOf(pids int, tag versionTag) (m networkMap) {
	m.Meta.VTag = tag
	m.NetworkMap = map[string]map[string][]string{"elsewhere": {"ipv4": {"0.0.0.0/0"}, "ipv6": {"::/0"}}}
	for net := range networks {
		name := pidName(net % pids)
		if m.NetworkMap[name] == nil {
			m.NetworkMap[name] = map[string][]string{}
		}
		m.NetworkMap[name]["ipv4"] = append(m.NetworkMap[name]["ipv4"], fmt.Sprintf("127.%d.0.0/16", net+1))
	}
	return m
}

func costMapOf(pids int, tag versionTag) (m costMap) {
	m.Meta.Dependent = []versionTag{tag}
	m.Meta.CostType = map[string]string{"cost-mode": "numerical", "cost-metric": "routingcost"}
	m.CostMap = map[string]map[string]int{}
	for from := range pids {
		row := map[string]int{}
		for to := range pids {
			row[pidName(to)] = costBetween(from, to)
		}
		m.CostMap[pidName(from)] = row
	}
	return m
}

func costBetween(from, to int) int {
	distance := max(from/region, to/region) - min(from/region, to/region)
	switch {
	case from == to:
		return 1
	case distance == 0:
		return 5
	}
	return 10 + distance
}

func writeJSON(path string, value any) error {
	b, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(b, '\n'), 0o644)
}

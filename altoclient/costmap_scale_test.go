package altoclient

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"runtime"
	"runtime/debug"
	"strconv"
	"testing"
	"time"
)

// production is a pair of maps of the size of a large provider, made the same way
// each time. About half of the pairs are there: with 1,700 PIDs that is the 1.3
// million pairs that are reported from the field.
type production struct {
	pids, prefixes int
	homes          int // PIDs with a row
	network, costs []byte
}

func newProduction(pids, prefixes, homes int) *production {
	p := &production{pids: pids, prefixes: prefixes, homes: homes}
	random := rand.New(rand.NewPCG(1, 2))
	p.writeNetwork(random)
	p.writeCosts(random)
	return p
}

func (p *production) name(i int) string { return fmt.Sprintf("pid-%05d.region-%02d", i, i%40) }

// writeNetwork spreads prefixes of four lengths over the address space, one in ten
// of them of IPv6.
func (p *production) writeNetwork(random *rand.Rand) {
	held := make([][2][]byte, p.pids)
	add := func(pid, family int, prefix netip.Prefix) {
		b := held[pid][family]
		if len(b) > 0 {
			b = append(b, ',')
		}
		held[pid][family] = append(prefix.AppendTo(append(b, '"')), '"')
	}
	step := (223 << 24) / uint32(p.prefixes)
	for i := range p.prefixes {
		pid := random.IntN(p.pids)
		if i%10 == 0 {
			addr := netip.AddrFrom16([16]byte{0x20, 1, byte(i >> 24), byte(i >> 16), byte(i >> 8), byte(i)})
			add(pid, 1, netip.PrefixFrom(addr, 48))
			continue
		}
		n := 1<<24 + uint32(i)*step
		bits := 24 - random.IntN(3)
		if step < 1<<10 {
			bits = 26
		}
		addr := netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
		add(pid, 0, netip.PrefixFrom(addr, bits).Masked())
	}
	add(0, 0, netip.MustParsePrefix("0.0.0.0/0"))
	add(0, 1, netip.MustParsePrefix("::/0"))
	b := []byte(`{"meta":{"vtag":{"resource-id":"net","tag":"1"}},"network-map":{`)
	for i := range p.pids {
		if i > 0 {
			b = append(b, ',')
		}
		b = fmt.Appendf(b, `"%s":{"ipv4":[%s],"ipv6":[%s]}`, p.name(i), held[i][0], held[i][1])
	}
	p.network = append(b, "}}"...)
}

func (p *production) writeCosts(random *rand.Rand) {
	names := make([]string, p.pids)
	for i := range names {
		names[i] = p.name(i)
	}
	b := []byte(`{"meta":{"dependent-vtags":[{"resource-id":"net","tag":"1"}],"cost-type":{"cost-mode":"numerical","cost-metric":"routingcost"}},"cost-map":{`)
	for src := range p.homes {
		if src > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, '"'), names[src]...), `":{`...)
		for dst := range p.pids {
			if dst > 0 {
				b = append(b, ',')
			}
			b = append(append(append(b, '"'), names[dst]...), `":`...)
			b = strconv.AppendFloat(b, float64(random.IntN(4000))/100, 'g', -1, 64)
		}
		b = append(b, '}')
	}
	p.costs = append(b, "}}"...)
}

// load is what the field's client does: from bytes to a Snapshot.
func (p *production) load(tb testing.TB, limits Limits) *Snapshot {
	tb.Helper()
	network, err := ParseNetworkMap(bytes.NewReader(p.network), limits)
	if err != nil {
		tb.Fatal(err)
	}
	costs, err := ParseCostMap(bytes.NewReader(p.costs), network, limits)
	if err != nil {
		tb.Fatal(err)
	}
	s, err := NewSnapshot(network, costs, SnapshotConfig{})
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// The documents as encoding/json decodes them, into plain maps.
type (
	plainNetwork struct {
		NetworkMap map[string]map[string][]string `json:"network-map"`
	}
	plainCosts struct {
		CostMap map[string]map[string]float64 `json:"cost-map"`
	}
)

func (p *production) loadPlain(tb testing.TB) (plainNetwork, plainCosts) {
	tb.Helper()
	var network plainNetwork
	var costs plainCosts
	if err := json.Unmarshal(p.network, &network); err != nil {
		tb.Fatal(err)
	}
	if err := json.Unmarshal(p.costs, &costs); err != nil {
		tb.Fatal(err)
	}
	return network, costs
}

const productionHomes = 765 // times 1,700 are 1.3 million pairs

// BenchmarkProduction takes a network map of 1,700 PIDs and 250,000 prefixes with
// a cost map of 1.3 million pairs from bytes to a Snapshot, and compares with
// encoding/json.
func BenchmarkProduction(b *testing.B) {
	p := newProduction(manyPIDs, manyPrefixes, productionHomes)
	size := int64(len(p.network) + len(p.costs))
	var ours, theirs time.Duration
	b.Run("altoclient", func(b *testing.B) {
		b.SetBytes(size)
		b.ReportAllocs()
		for b.Loop() {
			p.load(b, Limits{})
		}
		ours = b.Elapsed() / time.Duration(b.N)
	})
	b.Run("encoding-json", func(b *testing.B) {
		b.SetBytes(size)
		b.ReportAllocs()
		for b.Loop() {
			p.loadPlain(b)
		}
		theirs = b.Elapsed() / time.Duration(b.N)
		if ours > 0 {
			b.ReportMetric(float64(theirs)/float64(ours), "times-ours")
		}
	})
	b.Run("lookup", func(b *testing.B) {
		heap := liveHeap()
		s := p.load(b, Limits{})
		grown := liveHeap() - heap
		n := uint32(1)
		for b.Loop() {
			n = n*1664525 + 1013904223
			s.PID(netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}))
		}
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "lookups/s")
		b.ReportMetric(float64(grown)/float64(p.prefixes), "snapshot-B/prefix")
	})
}

func liveHeap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestProductionSnapshotLoadsWithinItsMeans measures the promises of the
// benchmark: quicker than encoding/json, and never more than three times the
// memory of the finished Snapshot.
func TestProductionSnapshotLoadsWithinItsMeans(t *testing.T) {
	if testing.Short() || raceDetector {
		t.Skip("takes seconds, and is about time and memory")
	}
	p := newProduction(manyPIDs, manyPrefixes, productionHomes)
	before := liveHeap()
	// The collector must not be what keeps the peak low, and must not be late
	// either: at 20 %, what is garbage is soon gone.
	defer debug.SetGCPercent(debug.SetGCPercent(20))
	stop, peak := make(chan struct{}), make(chan int64)
	go func() { peak <- watchHeap(stop) }()
	start := time.Now()
	s := p.load(t, Limits{})
	took := time.Since(start)
	close(stop)
	most := <-peak - before
	finished := liveHeap() - before
	t.Logf("%d + %d bytes: Snapshot of %.1f MB, peak %.1f MB (%.2f times), %v",
		len(p.network), len(p.costs), float64(finished)/1e6, float64(most)/1e6, float64(most)/float64(finished), took)
	if most > 3*finished {
		t.Errorf("peak of %d bytes for a Snapshot of %d", most, finished)
	}
	if s.PIDs() != manyPIDs || s.NetworkMap().Len() < manyPrefixes*9/10 || !finite(s.Cost(1, manyPIDs)) {
		t.Errorf("%d PIDs, %d prefixes", s.PIDs(), s.NetworkMap().Len())
	}
	runtime.KeepAlive(s)
}

// watchHeap returns the most that was allocated at any look until stop.
func watchHeap(stop <-chan struct{}) (most int64) {
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		most = max(most, int64(m.HeapAlloc))
		select {
		case <-stop:
			return most
		case <-tick.C:
		}
	}
}

// TestMillionPrefixesLoad has a full table and 10,000 PIDs, of which 200 have a
// row: the matrix itself is over the default limit.
func TestMillionPrefixesLoad(t *testing.T) {
	if testing.Short() || raceDetector {
		t.Skip("takes seconds, and is about time and memory")
	}
	p := newProduction(10_000, 1_000_000, 200)
	start := time.Now()
	s := p.load(t, Limits{})
	t.Logf("%d + %d bytes in %v", len(p.network), len(p.costs), time.Since(start))
	if s.PIDs() != 10_000 || s.NetworkMap().Len() < 900_000 {
		t.Errorf("%d PIDs, %d prefixes", s.PIDs(), s.NetworkMap().Len())
	}
	if ends, _, _ := s.Row(1, true); ends[len(ends)-1] != 10_001 {
		t.Errorf("row ends at %d", ends[len(ends)-1])
	}
}

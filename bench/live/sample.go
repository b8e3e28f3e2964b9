package live

import (
	"net/netip"
	"time"
)

// Overlay is who was connected with whom at one moment; peers are numbered as
// Result.Clients is.
type Overlay struct {
	At      time.Duration // from the first arrival; 0: that moment did not come
	Present []int         // who had joined
	Edges   [][2]int      // each connection once
}

// overlay looks at all connections.
func (r *run) overlay(at time.Duration) Overlay {
	o := Overlay{At: at}
	seen := map[[2]int]bool{}
	for i, c := range r.clients {
		if !c.Seed && !r.hasJoined(i) {
			continue
		}
		o.Present = append(o.Present, i)
		for _, conn := range c.torrent.PeerConns() {
			other, ok := r.senders.of(conn.RemoteAddr.String())
			edge := [2]int{min(i, other), max(i, other)}
			if ok && !seen[edge] {
				seen[edge] = true
				o.Edges = append(o.Edges, edge)
			}
		}
	}
	return o
}

// matrix is what PIDs have sent to PIDs so far.
func (r *run) matrix() [][]int64 {
	m := make([][]int64, r.scenario.PIDs)
	for a := range m {
		m[a] = make([]int64, r.scenario.PIDs)
	}
	for _, to := range r.clients {
		for sender, from := range r.clients {
			m[from.PID-1][to.PID-1] += to.received[sender].Load()
		}
	}
	return m
}

// look takes the samples that are due.
func (r *run) look(now time.Duration) {
	s := r.scenario
	if s.SampleAt > 0 && now >= s.SampleAt && r.sampled.At == 0 {
		r.sampled = r.overlay(now)
	}
	if s.Bin > 0 && now >= s.Bin*time.Duration(len(r.bins)+1) {
		r.bins = append(r.bins, r.matrix())
	}
}

// Binned takes from each matrix what was in the one before: sums become bins.
func Binned(sums [][][]int64) [][][]int64 {
	for i := len(sums) - 1; i > 0; i-- {
		for a, row := range sums[i] {
			for b := range row {
				row[b] -= sums[i-1][a][b]
			}
		}
	}
	return sums
}

// directory tells clients by their addresses.
type directory map[netip.Addr]int

// of returns who is at an address, which may have a port.
func (d directory) of(address string) (client int, ok bool) {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return 0, false
	}
	client, ok = d[at.Addr().Unmap()]
	return client, ok
}

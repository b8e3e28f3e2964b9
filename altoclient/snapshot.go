package altoclient

import (
	"errors"
	"fmt"
	"iter"
	"net/netip"
	"path"
	"slices"
)

// ErrSkew is in the chain of every error about a cost map that depends on another
// version of the network map than the one at hand.
var ErrSkew = errors.New("version tags do not agree")

// Snapshot is a network map and a cost map that belong together, compiled. It is
// a [View] and never changes.
type Snapshot struct {
	network  *NetworkMap
	costs    *CostMap // nil if there is none: every cost is undefined
	inward   *CostMap // costs by destination, if costs has rows of a few PIDs only
	internal []bool   // by PID
	rows     rowOwner
	times    *timetable // nil if the costs do not change with time
	slots    []int      // of the calendars of times

	properties *pidProperties // nil if there are none
}

var _ View = (*Snapshot)(nil)

// SnapshotConfig is the opinion of the operator of the client.
type SnapshotConfig struct {
	// Internal says which PIDs are the source's own network, by patterns of
	// [path.Match] such as "pid-*". Nil means all PIDs but the default ones; an
	// empty list means none: the map is of many networks.
	Internal []string

	// Rows is shared with others; nil means that every row is computed anew.
	Rows *RowCache
}

// NewSnapshot joins a network map with the cost map that depends on it; nil means
// that there is none. The error wraps [ErrSkew] if the version tags differ (RFC
// 7285 sections 10.3 and 11.2.3.6), or [path.ErrBadPattern].
func NewSnapshot(network *NetworkMap, costs *CostMap, config SnapshotConfig) (*Snapshot, error) {
	if costs != nil {
		if costs.network != network.vtag {
			return nil, fmt.Errorf("cost map depends on %v, network map is %v: %w", costs.network, network.vtag, ErrSkew)
		}
		if !slices.Equal(costs.pids.names, network.names) {
			costs = costs.renumbered(network)
		}
	}
	s := &Snapshot{network: network, costs: costs, rows: config.Rows.owner()}
	s.internal = make([]bool, len(network.names))
	for pid := 1; pid < len(network.names); pid++ {
		ours, err := matches(config.Internal, network.names[pid])
		if err != nil {
			return nil, err
		}
		s.internal[pid] = ours || config.Internal == nil && !network.Default(uint32(pid))
	}
	return s, nil
}

func matches(patterns []string, name string) (bool, error) {
	for _, pattern := range patterns {
		if ok, err := path.Match(pattern, name); ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}

// NetworkMap returns the network map.
func (s *Snapshot) NetworkMap() *NetworkMap { return s.network }

// CostMap returns the cost map, nil if there is none.
func (s *Snapshot) CostMap() *CostMap { return s.costs }

// VersionTag returns the version tag of the network map.
func (s *Snapshot) VersionTag() VersionTag { return s.network.vtag }

// PIDs returns how many PIDs there are.
func (s *Snapshot) PIDs() int { return s.network.PIDs() }

// PID returns the PID of the longest prefix that holds addr, or 0. The address
// must be unmapped.
func (s *Snapshot) PID(addr netip.Addr) uint32 { return s.network.PID(addr) }

// Name returns the name of pid, empty for 0.
func (s *Snapshot) Name(pid uint32) string { return s.network.Name(pid) }

// Prefixes yields every prefix with its PID.
func (s *Snapshot) Prefixes() iter.Seq2[netip.Prefix, uint32] { return s.network.Prefixes() }

// Default tells whether pid holds 0.0.0.0/0 or ::/0.
func (s *Snapshot) Default(pid uint32) bool { return s.network.Default(pid) }

// Internal tells whether pid is part of the source's own network.
func (s *Snapshot) Internal(pid uint32) bool {
	return int(pid) < len(s.internal) && s.internal[pid]
}

// Ordinal tells whether the costs are ranks.
func (s *Snapshot) Ordinal() bool { return s.costs != nil && s.costs.costType.Mode == Ordinal }

// Cost returns the cost from one PID to another, NaN if none is stated.
func (s *Snapshot) Cost(from, to uint32) float32 { return s.cost(to, from, true) }

// Row returns the costs between home and every PID; see [View]. It returns
// nothing for a home that is not a PID of the map.
func (s *Snapshot) Row(home uint32, outward bool) (ends []uint32, costs []float32, internal []bool) {
	if home == 0 || int(home) >= len(s.network.names) {
		return nil, nil, nil
	}
	r := s.rows.row(home, outward, func() *row { return s.computeRow(home, outward) })
	return r.ends, r.costs, r.internal
}

func (s *Snapshot) computeRow(home uint32, outward bool) *row {
	r := new(row)
	for pid := range s.network.names {
		r.add(uint32(pid)+1, s.cost(uint32(pid), home, outward), s.internal[pid])
	}
	return r
}

func (s *Snapshot) cost(pid, home uint32, outward bool) float32 {
	if s.costs == nil {
		return undefined
	}
	from, to := pid, home
	if outward {
		from, to = home, pid
	}
	cost := s.costs.Cost(from, to)
	if s.inward != nil && sameCost(cost, undefined) {
		return s.inward.Cost(to, from)
	}
	return cost
}

package admin

import (
	"net/http"

	"github.com/altracker/altracker/tracker"
)

// status is the answer of /api/v1/status. Counters begin with the process.
type status struct {
	Version       string             `json:"version"`
	UptimeSeconds float64            `json:"uptime_seconds"`
	Policy        string             `json:"policy"`
	PolicyOptions map[string]float64 `json:"policy_options"`

	Swarms   int `json:"swarms"`
	Peers    int `json:"peers"`
	Seeders  int `json:"seeders"`
	Leechers int `json:"leechers"`

	Announces     uint64            `json:"announces"`
	Scrapes       uint64            `json:"scrapes"`
	Failures      uint64            `json:"failures"`
	Completed     uint64            `json:"completed"`
	Stopped       uint64            `json:"stopped"`
	Expired       uint64            `json:"expired"`
	PeersReturned uint64            `json:"peers_returned"`
	PeersFromHome uint64            `json:"peers_from_home"`
	Guidance      map[string]uint64 `json:"guidance"`
}

func (s *Server) status(*http.Request) (any, error) {
	totals, stats := s.config.Tracker.Store().Totals(), s.config.Tracker.Stats()
	return status{
		Version:       s.config.Version,
		UptimeSeconds: s.config.Now().Sub(s.began).Seconds(),
		Policy:        s.config.Policy,
		PolicyOptions: s.options,
		Swarms:        totals.Swarms,
		Peers:         totals.Seeders + totals.Leechers,
		Seeders:       totals.Seeders,
		Leechers:      totals.Leechers,
		Announces:     stats.Announces,
		Scrapes:       stats.Scrapes,
		Failures:      stats.Failures,
		Completed:     stats.Completed,
		Stopped:       stats.Stopped,
		Expired:       stats.Expired,
		PeersReturned: stats.PeersReturned,
		PeersFromHome: stats.PeersFromHome,
		Guidance:      guidance(stats),
	}, nil
}

// guidance counts replies by how they came about.
func guidance(s tracker.Stats) map[string]uint64 {
	return map[string]uint64{
		"guided":     s.Guided,
		"flat":       s.Flat,
		"incomplete": s.Incomplete,
		"no_map":     s.NoMap,
		"no_pid":     s.NoPID,
		"no_source":  s.NoSource,
	}
}

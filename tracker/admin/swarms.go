package admin

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/gorilla/mux"

	"github.com/altracker/altracker/selector"
	"github.com/altracker/altracker/tracker/swarm"
)

// census is the answer of /api/v1/swarms/{info_hash}.
type census struct {
	InfoHash   string   `json:"info_hash"`
	Seeders    int      `json:"seeders"`
	Leechers   int      `json:"leechers"`
	Downloaded uint32   `json:"downloaded"`
	PIDs       []pidRow `json:"pids"`
}

// pidRow counts the peers of one PID. Without a name it counts those that no
// source places.
type pidRow struct {
	Source   string `json:"source"`
	PID      string `json:"pid"`
	Seeders  int    `json:"seeders"`
	Leechers int    `json:"leechers"`
}

func (r pidRow) peers() int { return r.Seeders + r.Leechers }

func (s *Server) swarm(r *http.Request) (any, error) {
	h, err := parseInfoHash(mux.Vars(r)["info_hash"])
	if err != nil {
		return nil, badParameter("info_hash", "%v", err)
	}
	m := s.config.Tracker.Map()
	groups := swarm.Grouping(swarm.Ungrouped{})
	if m != nil {
		groups = m
	}
	counts, byPID := s.config.Tracker.Store().Census(h, groups)
	if byPID == nil {
		return nil, &problem{http.StatusNotFound, "info_hash: nobody is in this swarm"}
	}
	return census{h.String(), counts.Seeders, counts.Leechers, counts.Downloaded, rows(m, byPID)}, nil
}

// rows names PIDs. Where several sources' maps overlap, a PID is a combination of
// theirs, and several may have one name: they become one row.
func rows(m selector.Map, byPID []swarm.Population) []pidRow {
	type name struct{ source, pid string }
	byName := make(map[name]pidRow)
	for _, c := range byPID {
		var n name
		if m != nil {
			n.source, n.pid = m.Name(c.PID)
		}
		r := byName[n]
		leechers, seeders := c.Count()
		byName[n] = pidRow{n.source, n.pid, r.Seeders + seeders, r.Leechers + leechers}
	}
	rows := make([]pidRow, 0, len(byName))
	for _, r := range byName {
		rows = append(rows, r)
	}
	slices.SortFunc(rows, func(a, b pidRow) int {
		return cmp.Or(cmp.Compare(b.peers(), a.peers()), cmp.Compare(a.PID, b.PID), cmp.Compare(a.Source, b.Source))
	})
	return rows
}

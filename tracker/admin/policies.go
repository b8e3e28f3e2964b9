package admin

import (
	"net/http"

	"github.com/altracker/altracker/selector"
)

// policy is an element of the answer of /api/v1/policies.
type policy struct {
	Name    string   `json:"name"`
	Default bool     `json:"default"` // in force where no policy is configured
	Summary string   `json:"summary"`
	Options []option `json:"options"`
}

type option struct {
	Name    string  `json:"name"`
	Default float64 `json:"default"`
	Min     float64 `json:"min"`
	Max     float64 `json:"max"`
	Summary string  `json:"summary"`
}

func (s *Server) policies(*http.Request) (any, error) {
	var all []policy
	for _, info := range selector.Infos() {
		p := policy{info.Name, info.Name == selector.Default, info.Summary, []option{}}
		for _, o := range info.Options {
			p.Options = append(p.Options, option(o))
		}
		all = append(all, p)
	}
	return all, nil
}

// allOptions returns the options of a policy, each with the value given or else
// its default.
func allOptions(name string, given map[string]float64) map[string]float64 {
	all := map[string]float64{}
	for _, info := range selector.Infos() {
		if info.Name != name {
			continue
		}
		for _, o := range info.Options {
			all[o.Name] = o.Default
		}
	}
	for o, value := range given {
		all[o] = value
	}
	return all
}

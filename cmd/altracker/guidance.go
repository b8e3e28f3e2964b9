package main

import (
	"cmp"
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/altracker/altracker/altoclient"
	"github.com/altracker/altracker/altoclient/asnmap"
	"github.com/altracker/altracker/cmd/altracker/config"
	"github.com/altracker/altracker/selector"
	"github.com/altracker/altracker/tracker/admin"
)

// guidance is where the maps come from, and all that has to be closed after them.
type guidance struct {
	*altoclient.Guide
	clients  []*altoclient.Client
	rows     *altoclient.RowCache
	embedded bool // the map in the program is the only source
}

// How often to ask a server that does not say how long its maps are fresh, and how
// often at most one that does. Most answers are "304 Not Modified".
const (
	refreshInterval = 20 * time.Second
	refreshFloor    = 5 * time.Second
	fetchTimeout    = 20 * time.Second
)

// fetchRest is how long the reading of a map pauses now and then: announces come first. A cost
// map of forty megabytes takes some six seconds instead of a fraction of one.
const fetchRest = time.Millisecond

// embeddedName is the source that there is when none is configured.
const embeddedName = "embedded"

// embeddedNote is shown wherever the embedded map is.
const embeddedNote = "the map that ships inside the program: autonomous systems as of " + asnmap.EmbeddedDate +
	", a start and not for good; docs/maps.md tells how to replace it. " + asnmap.Attribution

// newGuidance builds the sources, the embedded map if there are none. What they
// fetch is kept in the folder cache, if there is one.
func newGuidance(sources []config.Source, cache string, log *slog.Logger) (*guidance, error) {
	rows, err := altoclient.NewRowCache(0)
	if err != nil {
		return nil, err
	}
	g := &guidance{rows: rows}
	var all []*altoclient.Source
	for _, s := range sources {
		source, err := g.source(s, cache)
		if err != nil {
			return nil, misuse{err}
		}
		all = append(all, source)
	}
	if len(all) == 0 {
		embedded, err := asnmap.Embedded()
		if err != nil {
			return nil, err
		}
		g.embedded = true
		all = append(all, altoclient.NewStaticSource(embeddedName, embedded, nil))
		log.Info("no ALTO source is configured: guided by the embedded map", "date", asnmap.EmbeddedDate, "pids", embedded.PIDs())
	}
	g.Guide, err = altoclient.NewGuide(rows, all...)
	return g, err
}

func (g *guidance) source(s config.Source, cache string) (*altoclient.Source, error) {
	how, err := altoConfig(s)
	if err != nil {
		return nil, err
	}
	client := altoclient.NewClient(how)
	g.clients = append(g.clients, client)
	return altoclient.NewSource(altoclient.SourceConfig{
		Name:        s.Name,
		Directory:   s.Directory,
		NetworkMap:  s.NetworkMap,
		CostMap:     s.CostMap,
		PropertyMap: s.PropertyMap,
		Properties:  s.Properties,
		Map:         s.Map,
		Requesters:  s.Requesters,
		Internal:    s.Internal,
		Interval:    cmp.Or(s.Refresh, refreshInterval),
		Floor:       cmp.Or(s.Refresh, refreshFloor),
		Ceiling:     s.Refresh,
		Poll:        s.Refresh,
		MaxAge:      s.MaxAge,
		Updates:     altoclient.UpdateMode(s.Updates),
		Costs:       costWeights(s.Costs),
		Cache:       cache,
		Client:      client,
		Rows:        g.rows,
	})
}

// costWeights says the configured costs in the ALTO client's words.
func costWeights(costs []config.Cost) (weights []altoclient.CostWeight) {
	better := map[string]altoclient.Direction{"lower": altoclient.LowerBetter, "higher": altoclient.HigherBetter}
	for _, c := range costs {
		weights = append(weights, altoclient.CostWeight{
			Type:     altoclient.CostType{Metric: c.Metric, Mode: c.Mode},
			Weight:   c.Weight,
			Better:   better[c.Better],
			Calendar: c.Calendar,
		})
	}
	return weights
}

// current returns the map in force. This one conversion is all that the selector
// and the ALTO client have to do with each other.
func (g *guidance) current() selector.Map {
	if atlas := g.Current(); atlas.PIDs() > 0 {
		return atlas
	}
	return nil
}

// report logs how each source is doing whenever that changes.
func (g *guidance) report(ctx context.Context, log *slog.Logger) error {
	known := map[string]altoclient.State{}
	return every(ctx, time.Second, func() {
		before := known
		known = make(map[string]altoclient.State) // sources come and go
		for _, s := range g.Sources() {
			known[s.Name] = s.State
			if s.State == before[s.Name] {
				continue
			}
			if note := note(s); note != "" {
				log.Warn("ALTO source", "name", s.Name, "note", note)
			}
			if s.LastError != "" {
				log.Warn("ALTO source", "name", s.Name, "state", s.State, "error", s.LastError)
				continue
			}
			log.Info("ALTO source", "name", s.Name, "state", s.State, "pids", s.PIDs, "prefixes", s.Prefixes, "tag", s.VersionTag.Tag)
		}
	})
}

func (g *guidance) close() {
	for _, c := range g.clients {
		c.Close()
	}
	g.rows.Close()
}

// note is what people should know of a source.
func note(s altoclient.Status) string {
	var list []string
	if s.Origin == altoclient.OriginDisk {
		list = append(list, "the map in use was kept on disk by an earlier run, and no server has confirmed it since the start")
	}
	list = append(list, s.Warnings...)
	if s.CacheError != "" {
		list = append(list, s.CacheError)
	}
	return strings.Join(list, "; ")
}

// statuses says how the sources are doing, in the admin API's words.
func (g *guidance) statuses() []admin.Source {
	var list []admin.Source
	for _, s := range g.Sources() {
		source := admin.Source{
			Name:               s.Name,
			State:              string(s.State),
			VersionTag:         s.VersionTag.Tag,
			PIDs:               s.PIDs,
			Prefixes:           s.Prefixes,
			AgeSeconds:         s.Age.Seconds(),
			NextRefreshSeconds: s.NextRefresh.Seconds(),
			Updates:            string(s.Updates),
			LastError:          s.LastError,
			Note:               note(s),
		}
		if g.embedded && s.Name == embeddedName {
			source.VersionTag, source.Note = asnmap.EmbeddedVersion, embeddedNote
		}
		list = append(list, source)
	}
	return list
}

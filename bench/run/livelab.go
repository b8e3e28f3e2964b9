package run

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/altracker/altracker/bench/live"
	"github.com/altracker/altracker/bench/netns"
	"github.com/altracker/altracker/bench/sim"
)

// dialling is how long programs may take to connect with whom they were told of. All of
// them need longer for a download, whatever its size: they choke in rounds of ten seconds.
const dialling = 5 * time.Second

// inNamespaces has programs download through an altracker, which asks an altoserver for
// each ISP for maps.
func (r *liveRun) inNamespaces(ctx context.Context, progress func(live.Progress)) (_ *sim.Result, err error) {
	lab, err := netns.Open(ctx, netns.Config{
		Altracker: r.altracker, Programs: r.clients, Slots: r.world.Scenario.Client.Slots, Interval: r.world.Scenario.Interval(),
	})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, lab.Close()) }()
	serving, stop := context.WithCancel(ctx)
	tasks, serving := errgroup.WithContext(serving)
	defer func() {
		stop()
		err = errors.Join(err, tasks.Wait())
	}()
	if err := r.track(ctx, serving, tasks, lab); err != nil {
		return nil, err
	}
	r.load.programs = lab.CPU
	limited, end, plan := r.limited(ctx, netns.URL)
	defer end()
	plan.SampleAt = max(plan.SampleAt, time.Duration(r.world.Scenario.Swarm.Arrivals.Over)+dialling)
	result, failed := lab.Run(limited, plan, r.metered(progress))
	if failed := r.excused(ctx, result != nil, failed); failed != nil {
		return nil, failed
	}
	return r.heard(ctx, lab, result)
}

// track has the ALTO servers serve and starts a tracker that has all their maps.
func (r *liveRun) track(ctx, serving context.Context, tasks *errgroup.Group, lab *netns.Lab) error {
	var sources []any
	for _, s := range r.world.Servers {
		listener, err := lab.Listen()
		if err != nil {
			return err
		}
		directory, err := serveOn(serving, tasks, listener, s)
		if err != nil {
			return err
		}
		sources = append(sources, map[string]any{
			"name": s.Name, "directory": directory, "requesters": s.Requesters, "internal": append([]string{}, s.Internal...),
			"properties": []string{"isp", "province"}, "updates": "poll",
		})
	}
	configuration, err := json.Marshal(r.configuration(sources)) // JSON is YAML, too
	if err != nil {
		return err
	}
	if err := lab.Track(ctx, configuration); err != nil {
		return err
	}
	return guidedBy(ctx, lab, len(sources))
}

// configuration is altracker's, to the same effect as newTracker.
func (r *liveRun) configuration(sources []any) map[string]any {
	s := r.world.Scenario
	want := cmp.Or(s.Client.Want, usualWant)
	policy := map[string]any{
		"name": r.policy.Name, "options": r.policy.Options, "census": map[string]any{"interval": censusInterval.String()},
	}
	if r.policy.Of != "" {
		policy["of"] = r.policy.Of
	}
	listen := func(at string) map[string]any { return map[string]any{"listen": at} }
	config := map[string]any{
		"http": listen(netns.Announces), "udp": listen(""), "admin": listen(netns.Admin), "policy": policy,
		"announce": map[string]any{
			"interval": s.Interval().String(), "min_interval": (s.Interval() / 2).String(), "max_numwant": want, "default_numwant": want,
		},
	}
	if sources != nil {
		config["alto"] = map[string]any{"sources": sources}
	}
	return config
}

// guidedBy waits until the tracker has the maps of all sources.
func guidedBy(ctx context.Context, lab *netns.Lab, sources int) error {
	ctx, stop := context.WithTimeout(ctx, fetchTimeout)
	defer stop()
	return lab.Wait(ctx, func() error {
		var answer []struct {
			Name, State string
			LastError   string `json:"last_error"`
		}
		if err := lab.Ask(ctx, "/api/v1/sources", &answer); err != nil {
			return err
		}
		known := 0
		for _, s := range answer {
			if s.LastError != "" {
				return fmt.Errorf("ALTO server of %s: %s", s.Name, s.LastError)
			}
			if s.State == "ok" {
				known++
			}
		}
		if known < sources {
			return fmt.Errorf("the maps of %d ALTO servers are known, want %d", known, sources)
		}
		return nil
	})
}

// heard is what a run came to: traffic as it was counted, and what the tracker tells.
func (r *liveRun) heard(ctx context.Context, lab *netns.Lab, result *netns.Result) (*sim.Result, error) {
	for i, c := range result.Clients {
		if (c.Seed || c.Completed > 0) && !c.Verified {
			return nil, fmt.Errorf("client %v, %v, says that it is complete, but its file is not the content", c.Addr, result.Programs[i])
		}
	}
	var status struct {
		PeersReturned float64 `json:"peers_returned"`
	}
	if err := lab.Ask(ctx, "/api/v1/status", &status); err != nil {
		return nil, err
	}
	r.introduced = status.PeersReturned / float64(len(r.world.Peers))
	r.wire = result.Wire()
	return r.translate(&result.Result, nil), nil
}

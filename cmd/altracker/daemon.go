package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/altracker/altracker/cmd/altracker/config"
	"github.com/altracker/altracker/tracker"
	"github.com/altracker/altracker/tracker/admin"
	"github.com/altracker/altracker/tracker/certfile"
	"github.com/altracker/altracker/tracker/dhtnode"
	"github.com/altracker/altracker/tracker/httptracker"
	"github.com/altracker/altracker/tracker/snapshot"
	"github.com/altracker/altracker/tracker/swarm"
	"github.com/altracker/altracker/tracker/udptracker"
)

// daemon is a whole tracker: everything that runs, in the order it was built.
type daemon struct {
	config  config.Config
	log     *slog.Logger
	guide   *guidance
	scout   *scout // nil if not configured
	tracker *tracker.Tracker
	http    *httptracker.Server // nil if not configured, like all after it
	https   *httptracker.Server
	certs   *certfile.Keeper // of https
	udp     *udptracker.Server
	dht     *dhtnode.Node
	admin   *admin.Server
}

// newDaemon builds everything and binds all addresses.
func newDaemon(c config.Config, log *slog.Logger) (*daemon, error) {
	d := &daemon{config: c, log: log}
	var err error
	if d.guide, err = newGuidance(c.Sources, c.Cache, log); err != nil {
		return nil, err
	}
	if d.tracker, err = newTracker(c, d.guide); err != nil {
		return nil, err
	}
	if c.Discovery.Enabled {
		if d.scout, err = newScout(c.Discovery, c.Cache, d.guide, d.tracker, log); err != nil {
			return nil, err
		}
	}
	if err := d.restore(); err != nil {
		return nil, err
	}
	if err := d.bind(); err != nil {
		return nil, err
	}
	return d, nil
}

func newTracker(c config.Config, g *guidance) (*tracker.Tracker, error) {
	policy, err := c.Policy.Build()
	if err != nil {
		return nil, misuse{err}
	}
	store, err := swarm.New(swarm.Config{
		PeerIDs:          c.Announce.PeerIDs,
		Capacities:       c.Policy.Classes(),
		Stable:           c.Policy.Stable(),
		MaxIntroductions: c.Announce.MaxIntroductions,
	})
	if err != nil {
		return nil, err
	}
	return tracker.New(tracker.Config{
		Store:          store,
		Map:            g.current,
		Policy:         policy,
		CensusSize:     c.Policy.CensusSize,
		CensusInterval: c.Policy.CensusInterval,
		Interval:       c.Announce.Interval,
		MinInterval:    c.Announce.MinInterval,
		Lifetime:       c.Announce.Lifetime,
		DefaultNumWant: c.Announce.DefaultNumWant,
		MaxNumWant:     c.Announce.MaxNumWant,
	})
}

// handler returns what answers announces.
func (d *daemon) handler() tracker.Expecter {
	if d.scout != nil {
		return d.scout
	}
	return d.tracker
}

// bind opens the sockets that the configuration asks for.
func (d *daemon) bind() (err error) {
	c := &d.config
	if c.HTTP.Listen != "" {
		if d.http, err = httptracker.New(httptracker.Config{Handler: d.handler(), Listen: c.HTTP.Listen, Log: d.log}); err != nil {
			return err
		}
		d.log.Info("announces over HTTP", "address", d.http.Addr())
	}
	if c.HTTPS.Listen != "" {
		if err := d.bindHTTPS(c.HTTPS); err != nil {
			return err
		}
	}
	if c.UDP.Listen != "" {
		if d.udp, err = udptracker.New(udptracker.Config{Handler: d.handler(), Listen: c.UDP.Listen}); err != nil {
			return err
		}
		d.log.Info("announces over UDP", "address", d.udp.Addr())
	}
	if c.DHT.Listen != "" {
		if d.dht, err = newDHT(c.DHT, d.tracker); err != nil {
			return err
		}
		d.log.Info("DHT node", "address", d.dht.Addr())
	}
	if c.Admin.Listen != "" {
		if d.admin, err = newAdmin(d); err != nil {
			return err
		}
		d.log.Info("admin API", "url", fmt.Sprintf("http://%v/", d.admin.Addr()))
	}
	return nil
}

// bindHTTPS opens the address for announces over TLS.
func (d *daemon) bindHTTPS(c config.SecureListener) (err error) {
	if d.certs, err = certfile.New(certfile.Config{Cert: c.Cert, Key: c.Key, Log: d.log}); err != nil {
		return err
	}
	d.https, err = httptracker.New(httptracker.Config{
		Handler: d.handler(),
		Listen:  c.Listen,
		TLS:     &tls.Config{GetCertificate: d.certs.Get, MinVersion: tls.VersionTLS12},
		Log:     d.log,
	})
	if err != nil {
		return err
	}
	d.log.Info("announces over HTTPS", "address", d.https.Addr())
	return nil
}

// run serves until ctx is done or something fails; then it saves the swarms.
func (d *daemon) run(ctx context.Context) error {
	defer d.tracker.Close()
	defer d.guide.close()
	tasks, ctx := errgroup.WithContext(ctx)
	tasks.Go(func() error { return d.guide.Run(ctx) })
	tasks.Go(func() error { return d.guide.report(ctx, d.log) })
	if d.scout != nil {
		defer d.scout.close()
		tasks.Go(func() error { return d.scout.follower.Run(ctx) })
	}
	tasks.Go(func() error { return d.expire(ctx) })
	tasks.Go(func() error { return regroup(ctx, d.tracker) })
	tasks.Go(func() error { return every(ctx, time.Second, func() { d.tracker.Review(time.Now()) }) })
	if d.http != nil {
		tasks.Go(func() error { return d.http.Run(ctx) })
	}
	if d.https != nil {
		tasks.Go(func() error { return d.https.Run(ctx) })
		tasks.Go(func() error { return d.certs.Run(ctx) })
	}
	if d.udp != nil {
		tasks.Go(func() error { return d.udp.Run(ctx) })
	}
	if d.dht != nil {
		tasks.Go(func() error { return d.dht.Run(ctx) })
	}
	if d.admin != nil {
		tasks.Go(func() error { return d.admin.Run(ctx) })
	}
	if d.config.Snapshot.Path != "" {
		tasks.Go(func() error { return d.keep(ctx) })
	}
	err := tasks.Wait()
	if d.config.Snapshot.Path != "" {
		err = errors.Join(err, d.save(0))
	}
	d.log.Info("stopped")
	return err
}

// every calls f at each period until ctx is done.
func every(ctx context.Context, period time.Duration, f func()) error {
	ticker := time.NewTicker(period)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			f()
		}
	}
}

// breath is how long housekeeping pauses after each stretch of work, of a millisecond or two at
// most: what announces need of the processors comes first.
const breath = 5 * time.Millisecond

// regroup has swarms follow the map in force.
func regroup(ctx context.Context, t *tracker.Tracker) error {
	return every(ctx, time.Second/4, func() {
		for range t.Regroup() {
			time.Sleep(breath)
		}
	})
}

// expire forgets silent peers, often enough for the lifetime to be kept to within
// a tenth.
func (d *daemon) expire(ctx context.Context) error {
	period := min(max(d.config.Announce.Lifetime/10, time.Second), time.Minute)
	return every(ctx, period, func() { d.tracker.Expire(time.Now()) })
}

// keep saves the swarms now and then. A disk that is full is no reason to stop
// answering announces.
func (d *daemon) keep(ctx context.Context) error {
	return every(ctx, d.config.Snapshot.Interval, func() {
		if err := d.save(breath); err != nil {
			d.log.Error("swarms not saved", "error", err)
		}
	})
}

func (d *daemon) save(rest time.Duration) error {
	_, err := snapshot.WriteFile(d.config.Snapshot.Path, d.tracker.Store(), time.Now(), rest)
	return err
}

// restore enters the swarms of the last run. A damaged file is put aside, for
// somebody to look at; only one that cannot be read at all keeps the tracker from
// starting, since the next save would overwrite it.
func (d *daemon) restore() error {
	path := d.config.Snapshot.Path
	if path == "" {
		return nil
	}
	var groups swarm.Grouping = swarm.Ungrouped{}
	if m := d.guide.current(); m != nil {
		groups = m // saves regrouping every swarm at its first announce
	}
	sum, err := snapshot.ReadFile(path, d.tracker.Store(), groups, time.Now(), d.config.Announce.Lifetime)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case errors.Is(err, snapshot.ErrDamaged):
		aside := path + ".damaged"
		d.log.Error("swarms not restored", "error", err, "kept", aside)
		return os.Rename(path, aside)
	case err != nil:
		return err
	}
	d.log.Info("swarms restored", "peers", sum.Peers, "saved", sum.Time)
	return nil
}

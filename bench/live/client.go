package live

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/anacrolix/torrent"
	"golang.org/x/time/rate"
)

// client is one BitTorrent client, its store and what it has received.
type client struct {
	Peer
	uplink   *uplink
	store    *memory
	library  *torrent.Client
	torrent  *torrent.Torrent
	received []atomic.Int64 // by sender
	strays   atomic.Int64   // bytes from addresses that no client has
}

// newClient returns a client that listens and is unknown to the tracker. If there
// is an error, there may still be a client to shut.
func newClient(s Scenario, p Peer, c Content, senders directory) (*client, error) {
	info, err := c.Meta.UnmarshalInfo()
	if err != nil {
		return nil, err
	}
	cl := &client{
		Peer:     p,
		uplink:   newUplink(p.Addr),
		store:    newMemory(c, &info, p.Seed),
		received: make([]atomic.Int64, len(senders)),
	}
	if cl.library, err = torrent.NewClient(cl.config(s, senders)); err != nil {
		return nil, fmt.Errorf("client %v: %w", p.Addr, err)
	}
	cl.library.AddDialer(&farDialer{cl.uplink.dialer, s.distance(p.PID, senders)})
	if cl.torrent, err = cl.library.AddTorrent(c.Meta); err != nil {
		return cl, fmt.Errorf("client %v: %w", p.Addr, err)
	}
	return cl, nil
}

// config closes every way to other clients but the tracker, and binds the client
// to its address.
func (c *client) config(s Scenario, senders directory) *torrent.ClientConfig {
	cfg := torrent.NewDefaultClientConfig()
	cfg.DisablePEX = !s.Public
	cfg.NoDHT = true
	cfg.DisableUTP = true
	cfg.DisableIPv6 = true
	cfg.DisableWebtorrent = true
	cfg.DisableWebseeds = true
	cfg.NoDefaultPortForwarding = true

	cfg.ListenHost = func(string) string { return c.Addr.String() }
	cfg.ListenPort = 0
	cfg.DialForPeerConns = false // the library's own dialers bind no address
	cfg.TrackerDialContext = c.uplink.dialTracker
	cfg.HTTPDialContext = c.uplink.dialTracker
	cfg.TrackerListenPacket = c.uplink.listenTracker

	cfg.Seed = true // or it would stop sending when it is complete
	cfg.DefaultStorage = c.store
	cfg.DropDuplicatePeerIds = true // or both directions between two peers stay open
	cfg.EstablishedConnsPerTorrent = s.Connections
	cfg.DialRateLimiter = rate.NewLimiter(rate.Inf, 0) // the default is ten a second
	cfg.HandshakesTimeout = 30 * time.Second           // who fails is lost until the next announce; busy machines take their time
	if c.UploadRate > 0 {
		cfg.UploadRateLimiter = limiter(c.UploadRate)
	}
	if c.DownloadRate > 0 {
		cfg.DownloadRateLimiter = limiter(c.DownloadRate)
	}
	// Encryption costs time on a machine that runs all clients.
	cfg.HeaderObfuscationPolicy = torrent.HeaderObfuscationPolicy{RequirePreferred: true}
	cfg.Slogger = slog.New(slog.DiscardHandler)
	cfg.Callbacks.ReceivedUsefulData = append(cfg.Callbacks.ReceivedUsefulData,
		func(e torrent.ReceivedUsefulDataEvent) { c.count(e, senders) })
	return cfg
}

// limiter lets a 20th of a second's worth pass at once: with the library's bursts
// of a whole MiB, short downloads would hardly be limited at all. A burst below a
// few chunks would stop the library. (So would a limiter without a limit.)
func limiter(bytesPerSecond int64) *rate.Limiter {
	return rate.NewLimiter(rate.Limit(bytesPerSecond), int(max(2*chunkBytes, bytesPerSecond/20)))
}

func (c *client) count(e torrent.ReceivedUsefulDataEvent, senders directory) {
	n := int64(len(e.Message.Piece))
	sender, known := senders.of(e.Peer.RemoteAddr.String())
	if !known {
		c.strays.Add(n)
		return
	}
	c.received[sender].Add(n)
}

// verified waits until the client has hashed what it has. Before that it would
// announce itself as a leecher and turn peers away.
func (c *client) verified(ctx context.Context) error {
	select {
	case <-c.torrent.Complete().On():
		return nil
	case <-ctx.Done():
		return fmt.Errorf("seed %v has not verified its content: %w", c.Addr, context.Cause(ctx))
	}
}

// join makes the client known to the tracker and, unless it has everything, starts
// its download.
func (c *client) join(tracker string) {
	c.torrent.AddTrackers([][]string{{tracker}})
	c.torrent.DownloadAll()
}

// total returns the useful bytes received so far.
func (c *client) total() (n int64) {
	for i := range c.received {
		n += c.received[i].Load()
	}
	return n
}

package main

import (
	"github.com/altracker/altracker/cmd/altracker/config"
	"github.com/altracker/altracker/tracker"
	"github.com/altracker/altracker/tracker/dhtnode"
	"github.com/altracker/altracker/tracker/swarm"
)

func newDHT(c config.DHT, t *tracker.Tracker) (*dhtnode.Node, error) {
	private := make(map[swarm.InfoHash]bool)
	for _, h := range c.Private {
		private[h] = true
	}
	return dhtnode.New(dhtnode.Config{
		Handler:   t,
		Listen:    c.Listen,
		Bootstrap: c.Bootstrap,
		PublicIP:  c.PublicIP,
		Private:   func(h swarm.InfoHash) bool { return private[h] },
	})
}

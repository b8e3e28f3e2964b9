package main

import (
	"slices"

	"github.com/altracker/altracker/cmd/altracker/config"
	"github.com/altracker/altracker/tracker"
	"github.com/altracker/altracker/tracker/dhtnode"
	"github.com/altracker/altracker/tracker/swarm"
)

func newDHT(c config.DHT, t *tracker.Tracker) (*dhtnode.Node, error) {
	return dhtnode.New(dhtnode.Config{
		Handler:   t,
		Listen:    c.Listen,
		Bootstrap: c.Bootstrap,
		Private:   func(h swarm.InfoHash) bool { return slices.Contains(c.Private, h) },
	})
}

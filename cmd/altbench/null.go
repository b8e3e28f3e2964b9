package main

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"net/url"

	"github.com/altracker/altracker/bench/load/null"
)

type nullCommand struct {
	URL     string `arg:"" placeholder:"URL" help:"udp://HOST:PORT or http://HOST:PORT."`
	Peers   int    `default:"${null_peers}" placeholder:"N" help:"Peers in a reply (${default}, what 50 come to in a population of 1 M peers in 100 k torrents)."`
	Workers int    `default:"1" placeholder:"N" help:"Threads (${default})."`
	OneShot bool   `help:"End an HTTP connection after each reply."`
}

// Run serves until it is told to stop.
func (c nullCommand) Run(env environment) error {
	u, err := url.Parse(c.URL)
	if err != nil {
		return misuse{err}
	}
	addr, err := listenAddress(u.Host)
	if err != nil {
		return misuse{fmt.Errorf("%q: %w", c.URL, err)}
	}
	if c.Peers < 1 || c.Peers > 10_000 || c.Workers < 1 || c.Workers > 256 {
		return misuse{fmt.Errorf("--peers %d, --workers %d: want 1 to 10000, 1 to 256", c.Peers, c.Workers)}
	}
	var server interface {
		Addr() netip.AddrPort
		Run(context.Context) error
	}
	config := null.Config{Peers: c.Peers, Workers: c.Workers, OneShot: c.OneShot}
	switch u.Scheme {
	case "udp":
		server, err = null.ListenUDP(addr, config)
	case "http":
		server, err = null.ListenHTTP(addr, config)
	default:
		return misuse{fmt.Errorf("%q: want udp://HOST:PORT or http://HOST:PORT", c.URL)}
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(env.err, "altbench: null server at %s://%v\n", u.Scheme, server.Addr())
	return server.Run(env)
}

// listenAddress reads HOST:PORT; an empty host is 127.0.0.1.
func listenAddress(text string) (netip.AddrPort, error) {
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("want HOST:PORT: %w", err)
	}
	if host == "" || host == "localhost" {
		host = "127.0.0.1"
	}
	return netip.ParseAddrPort(net.JoinHostPort(host, port))
}

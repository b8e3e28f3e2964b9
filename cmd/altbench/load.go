package main

import (
	"bufio"
	"crypto/tls"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"strings"
	"time"

	"github.com/altracker/altracker/bench/load"
)

type loadCommand struct {
	URL string `arg:"" placeholder:"URL" help:"udp://HOST:PORT or http[s]://HOST:PORT/announce; the host on this machine's loopback interface."`

	Torrents int     `default:"10000" placeholder:"N" help:"Torrents (${default})."`
	Peers    int     `default:"100000" placeholder:"N" help:"Peers in all (${default})."`
	Zipf     float64 `default:"1" placeholder:"S" help:"A torrent of rank r has peers in proportion to 1/r^S (${default}); 0: all have as many."`
	Seeds    float64 `default:"0.5" placeholder:"SHARE" help:"Share of peers that have everything (${default})."`
	Seed     uint64  `placeholder:"N" help:"Another population and other requests of the same sizes."`

	Duration time.Duration `default:"10s" help:"How long is measured (${default})."`
	Warmup   time.Duration `default:"500ms" help:"How long before that requests are sent that do not count (${default})."`
	Fill     bool          `default:"true" negatable:"" help:"First announce each peer once. Without it, they must be there from an earlier run of the same population."`
	Mix      load.Mix      `placeholder:"KIND=SHARE,..." help:"What is asked: shares of announce, started, completed, stopped, scrape, connect (announce=1)."`
	NumWant  int           `default:"50" name:"numwant" placeholder:"N" help:"Peers asked for (${default}); -1: as many as the tracker likes."`
	Scrape   int           `default:"3" placeholder:"N" help:"Info hashes in a scrape (${default})."`
	Timeout  time.Duration `default:"2s" help:"When a request counts as lost (${default})."`

	Rate        float64 `placeholder:"N" help:"Open loop: so many requests a second, latency counted from when each was due. Without it, a closed loop."`
	InFlight    int     `default:"128" placeholder:"N" help:"UDP requests under way in a closed loop (${default})."`
	Connections int     `default:"64" placeholder:"N" help:"HTTP connections (${default})."`
	OneShot     bool    `help:"A connection for each HTTP request."`
	Pipeline    int     `default:"1" placeholder:"N" help:"HTTP requests under way on a connection (${default})."`

	From    netip.Prefix `placeholder:"PREFIX" help:"Where peers announce from (127.0.0.0/8, or ::1)."`
	Sources int          `placeholder:"N" help:"How many addresses of it (128; over HTTP that keeps connections, one for each)."`
	Workers int          `default:"1" placeholder:"N" help:"Threads (${default})."`
	CPU     []int        `name:"cpu" placeholder:"N,..." help:"Processors that they run on."`
	Nice    int          `placeholder:"N" help:"Their niceness; below 0 is for root."`
	PID     int          `name:"pid" placeholder:"N" help:"The tracker's process: tell its CPU time and memory."`

	CheckPeers bool   `default:"true" negatable:"" help:"Look up each peer of each reply. Not for servers that make them up."`
	AllowSelf  bool   `help:"Let a reply hold the requester."`
	Insecure   bool   `help:"Trust any https certificate."`
	Portable   bool   `help:"Use the system calls that every operating system has."`
	Hashes     string `placeholder:"FILE" help:"Write the info hashes in hexadecimal, one a line, and end: for trackers with a whitelist."`
	JSON       bool   `name:"json" help:"Print one JSON object: every input, every figure, the whole histogram."`
	Owned      bool   `name:"i-own-the-target" help:"Load a tracker that is not on this machine. It will hardly serve anybody else meanwhile."`
}

// Run loads the tracker and prints how that went.
func (c loadCommand) Run(env environment) error {
	target, err := load.ParseTarget(env, c.URL, c.Owned)
	if err != nil {
		return misuse{err}
	}
	g, err := c.generator(target)
	if err != nil {
		return misuse{err}
	}
	defer g.Close()
	if c.Hashes != "" {
		return writeHashes(g, c.Hashes)
	}
	if c.Fill {
		stop := watch(env, g, c.Peers)
		err := g.Fill(env)
		stop()
		if err != nil {
			return err
		}
	}
	result, err := g.Measure(env)
	if err != nil {
		return err
	}
	return c.print(env.out, result)
}

// generator checks the flags that a Config would take for its defaults, and names
// the others as the user does.
func (c loadCommand) generator(target load.Target) (*load.Generator, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	g, err := load.New(c.config(target))
	var field *load.FieldError
	if errors.As(err, &field) {
		return nil, fmt.Errorf("--%s: %w", flagOf(field.Field), field.Err)
	}
	return g, err
}

func (c loadCommand) check() error {
	for _, f := range []struct {
		flag string
		zero bool
	}{
		{"torrents", c.Torrents == 0}, {"peers", c.Peers == 0}, {"numwant", c.NumWant == 0}, {"scrape", c.Scrape == 0},
		{"in-flight", c.InFlight == 0}, {"connections", c.Connections == 0}, {"pipeline", c.Pipeline == 0},
		{"workers", c.Workers == 0}, {"duration", c.Duration == 0}, {"timeout", c.Timeout == 0},
	} {
		if f.zero {
			return fmt.Errorf("--%s: 0: want more", f.flag)
		}
	}
	return nil
}

// flagOf returns the flag that sets a field of a Config.
func flagOf(field string) string {
	switch field {
	case "Exponent":
		return "zipf"
	case "SeedShare":
		return "seeds"
	case "ScrapeHashes":
		return "scrape"
	case "InFlight":
		return "in-flight"
	case "CPUs":
		return "cpu"
	}
	return strings.ToLower(field)
}

func (c loadCommand) config(target load.Target) load.Config {
	return load.Config{
		Target: target, Torrents: c.Torrents, Peers: c.Peers, Exponent: c.Zipf, SeedShare: c.Seeds, Seed: c.Seed,
		From: c.From, Sources: c.Sources, Mix: c.Mix, NumWant: c.NumWant, ScrapeHashes: c.Scrape,
		Rate: c.Rate, InFlight: c.InFlight, Connections: c.Connections, OneShot: c.OneShot, Pipeline: c.Pipeline,
		Workers: c.Workers, CPUs: c.CPU, Nice: c.Nice, PID: c.PID, Warmup: c.Warmup, Duration: c.Duration, Timeout: c.Timeout,
		TrustPeers: !c.CheckPeers, AllowSelf: c.AllowSelf, Portable: c.Portable, TLS: c.tls(),
	}
}

func (c loadCommand) tls() *tls.Config {
	if !c.Insecure {
		return nil
	}
	return &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12}
}

func (c loadCommand) print(out io.Writer, r *load.Result) error {
	if !c.JSON {
		return r.Print(out)
	}
	return json.NewEncoder(out).Encode(r)
}

func writeHashes(g *load.Generator, path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	if err := g.Hashes(func(h [20]byte) error {
		_, err := fmt.Fprintln(w, hex.EncodeToString(h[:]))
		return err
	}); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}

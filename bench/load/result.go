package load

import (
	"runtime"
	"time"
)

// Result is what came of a load, with everything that it was made of. Its JSON form
// is one object.
type Result struct {
	Time        time.Time `json:"time"`
	Machine     Machine   `json:"machine"`
	Load        Inputs    `json:"load"`
	Fill        *Fill     `json:"fill,omitempty"` // nil if it was left out
	Interrupted bool      `json:"interrupted"`    // ended before its time

	Seconds          float64          `json:"seconds"` // measured
	Sent             int64            `json:"sent"`    // requests that were due in that time
	Lost             int64            `json:"lost"`    // of those, without a reply
	Refused          int64            `json:"refused"` // of those, answered with an error or nonsense
	Answered         map[string]int64 `json:"answered"`
	Late             int64            `json:"late"` // replies to requests that were given up
	Replies          int64            `json:"replies"`
	RepliesPerSecond float64          `json:"replies_per_second"`

	PeersPerReply float64 `json:"peers_per_reply"`
	PeersPossible float64 `json:"peers_possible"` // if the tracker gave all it has, up to numwant
	Wrong         int64   `json:"wrong"`          // all of WrongReplies together
	WrongReplies  []Wrong `json:"wrong_replies"`
	Errors        Errors  `json:"errors"`
	Latency       Latency `json:"latency"`
	Generator     Own     `json:"generator"`
	Server        *Server `json:"server,omitempty"` // nil without its process
}

// Errors are texts that the tracker answered with, and how often.
type Errors map[string]int64

// Machine is where it ran.
type Machine struct {
	OS   string `json:"os"`
	Arch string `json:"arch"`
	CPUs int    `json:"cpus"`
	Go   string `json:"go"`
}

// Inputs is the Config, as it was understood.
type Inputs struct {
	Target       string  `json:"target"`
	Loop         string  `json:"loop"` // closed or open
	Torrents     int     `json:"torrents"`
	Peers        int     `json:"peers"`
	Zipf         float64 `json:"zipf"`
	SeedShare    float64 `json:"seed_share"`
	Seed         uint64  `json:"seed"`
	From         string  `json:"from"`
	Sources      int     `json:"sources"`
	Mix          Mix     `json:"mix"`
	NumWant      int     `json:"numwant"`
	ScrapeHashes int     `json:"scrape_hashes"`
	Rate         float64 `json:"rate"`        // a second; 0 in a closed loop
	InFlight     int     `json:"in_flight"`   // of a closed UDP loop, else 0
	Connections  int     `json:"connections"` // over HTTP, else 0
	OneShot      bool    `json:"one_shot"`
	Pipeline     int     `json:"pipeline"`
	Workers      int     `json:"workers"`
	CPUs         []int   `json:"cpus"` // empty: any
	Nice         int     `json:"nice"`
	Warmup       float64 `json:"warmup_seconds"`
	Duration     float64 `json:"duration_seconds"`
	Timeout      float64 `json:"timeout_seconds"`
	PeersChecked bool    `json:"peers_checked"`
	AllowSelf    bool    `json:"allow_self"`
}

// Fill is what came of the fill.
type Fill struct {
	Seconds   float64 `json:"seconds"`
	Announced int64   `json:"announced"`
	Refused   int64   `json:"refused"`
	Repeated  int64   `json:"repeated"` // requests that were lost at first
	Wrong     []Wrong `json:"wrong_replies"`
	Errors    Errors  `json:"errors"`
}

// Wrong is a way in which replies were wrong.
type Wrong struct {
	What    string `json:"what"`
	Count   int64  `json:"count"`
	Example string `json:"example"`
}

// Own is what the generator itself used in the measured time. Near as many cores as it
// has workers, it was the bottleneck.
type Own struct {
	CPUSeconds float64 `json:"cpu_seconds"`
	Cores      float64 `json:"cores"`
}

// Server is what the tracker's process used.
type Server struct {
	PID                 int     `json:"pid"`
	CPUSeconds          float64 `json:"cpu_seconds"` // user and system, in the measured time
	Cores               float64 `json:"cores"`
	RepliesPerCPUSecond float64 `json:"replies_per_cpu_second"` // the figure to compare
	MemoryBefore        int64   `json:"memory_before"`          // resident bytes, before the fill
	MemoryAfter         int64   `json:"memory_after"`
	MemoryPeak          int64   `json:"memory_peak"`
}

func (g *Generator) result(t *tally, s spending, interrupted bool) *Result {
	r := &Result{
		Time:         time.Now().UTC(),
		Machine:      Machine{runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version()},
		Load:         g.config.inputs(),
		Fill:         g.filled,
		Interrupted:  interrupted,
		Seconds:      s.seconds,
		Sent:         t.sent,
		Lost:         t.lost,
		Refused:      t.failed,
		Late:         t.late,
		Replies:      s.replies,
		Answered:     map[string]int64{},
		WrongReplies: t.wrongReplies(),
		Errors:       t.errors,
		Latency:      latencyOf(t.latency),
		Generator:    Own{CPUSeconds: s.own.Seconds()},
	}
	for k, n := range t.answered {
		if n > 0 {
			r.Answered[kind(k).String()] = n
		}
	}
	for _, w := range r.WrongReplies {
		r.Wrong += w.Count
	}
	if t.announced > 0 {
		r.PeersPerReply = float64(t.peers) / float64(t.announced)
		r.PeersPossible = float64(t.possible) / float64(t.announced)
	}
	if s.seconds > 0 {
		r.RepliesPerSecond = float64(s.replies) / s.seconds
		r.Generator.Cores = s.own.Seconds() / s.seconds
	}
	if g.config.PID != 0 {
		r.Server = g.server(s)
	}
	return r
}

func (g *Generator) server(s spending) *Server {
	server := &Server{
		PID: g.config.PID, CPUSeconds: s.server.Seconds(),
		MemoryBefore: g.before.Resident, MemoryAfter: s.after.Resident, MemoryPeak: s.after.Peak,
	}
	if s.seconds > 0 {
		server.Cores = s.server.Seconds() / s.seconds
	}
	if s.server > 0 {
		server.RepliesPerCPUSecond = float64(s.replies) / s.server.Seconds()
	}
	return server
}

func (t *tally) wrongReplies() []Wrong {
	list := []Wrong{}
	for p, n := range t.wrong {
		if n > 0 {
			list = append(list, Wrong{problem(p).String(), n, t.examples[p]})
		}
	}
	return list
}

func (c Config) inputs() Inputs {
	in := Inputs{
		Target: c.Target.String(), Loop: "closed",
		Torrents: c.Torrents, Peers: c.Peers, Zipf: c.Exponent, SeedShare: c.SeedShare, Seed: c.Seed,
		From: c.From.String(), Sources: c.Sources,
		Mix: c.Mix, NumWant: c.NumWant, ScrapeHashes: c.ScrapeHashes, Rate: c.Rate,
		OneShot: c.OneShot, Pipeline: c.Pipeline, Workers: c.Workers, CPUs: append([]int{}, c.CPUs...), Nice: c.Nice,
		Warmup: c.Warmup.Seconds(), Duration: c.Duration.Seconds(), Timeout: c.Timeout.Seconds(),
		PeersChecked: !c.TrustPeers, AllowSelf: c.AllowSelf,
	}
	switch {
	case c.http():
		in.Connections = c.Connections
	case c.Rate == 0:
		in.InFlight = c.InFlight
	}
	if c.Rate > 0 {
		in.Loop = "open"
	}
	return in
}

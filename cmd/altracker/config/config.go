// Package config reads the tracker's configuration file.
//
// A file is YAML. Every key that may be left out has a default; a key or a value
// that is wrong is refused by name, never repaired, and all that is wrong is told
// at once. What the rest of the program sees is a [Config], checked and typed.
package config

import (
	"net/netip"
	"time"

	"github.com/altracker/altracker/selector"
	"github.com/altracker/altracker/tracker/swarm"
)

// Config is a checked configuration.
type Config struct {
	HTTP, UDP, Admin Listener
	HTTPS            SecureListener
	Sources          []Source // empty: the map that ships in the binary
	Cache            string   // folder that keeps fetched maps across a restart; empty: none
	Discovery        Discovery
	Policy           Policy
	Announce         Announce
	Snapshot         Snapshot
	DHT              DHT
}

// Listener is an address to listen on, HOST:PORT; empty means not to.
type Listener struct{ Listen string }

// SecureListener is an address to listen on with TLS; empty means not to.
type SecureListener struct {
	Listen    string
	Cert, Key string // PEM files
}

// Source is a source of ALTO maps: a directory, or map files.
type Source struct {
	Name                string
	Directory           string   // URL
	NetworkMap, CostMap string   // files
	Map                 string   // id of a network map of the directory; empty: its default one
	Properties          []string // of PIDs, to be looked for in the directory's property maps
	PropertyMap         string   // file, beside NetworkMap
	Requesters          []netip.Prefix
	Internal            []string      // PID name patterns; nil: all but the default PID; empty: none
	Refresh             time.Duration // 0: as the server says
	Updates             string        // how changes are learnt: poll, sse, tips, auto; empty means auto
	Costs               []Cost        // empty: routingcost alone
	MaxAge              time.Duration // 0: a day

	// With a directory only. Empty: the server does not ask for them.
	Username, Password string
	PasswordFile       string // instead of Password
	CAFile             string // PEM; empty: the system's authorities
	ClientCert         string // PEM file, with ClientKey
	ClientKey          string
}

// Cost is a cost type, and how much it counts among others.
type Cost struct {
	Metric, Mode string
	Weight       float64 // 0: 1
	Better       string  // lower or higher; empty: as the metric is registered
	Calendar     bool
}

// Discovery says whether and how ALTO servers are found in the DNS.
type Discovery struct {
	Enabled          bool
	Resolvers        []string // ADDRESS:PORT; none: those of the system
	Domain           string   // of the operator's own network; empty: none is known
	LearnDomain      bool     // it is learnt from the network
	DHCP             []string // interfaces whose DHCP servers may be asked for it
	MaxAge           time.Duration
	MaxServers       int
	LookupsPerSecond int
	AllowPrivate     bool
	AllowHTTP        bool
}

// Policy is a peer selection policy, and which swarms it looks at if it is one that does.
type Policy struct {
	selector.Spec
	CensusSize     int           // peers of the least swarm
	CensusInterval time.Duration // between two looks
}

// Announce shapes the answers.
type Announce struct {
	Interval, MinInterval      time.Duration
	Lifetime                   time.Duration
	MaxNumWant, DefaultNumWant int
	PeerIDs                    bool
	MaxIntroductions           int // of a peer, between two of its announces; 0: no limit
}

// Snapshot is where swarms are kept across a restart; no Path, nowhere.
type Snapshot struct {
	Path     string
	Interval time.Duration
}

// DHT shapes the DHT node; an empty Listen means that there is none.
type DHT struct {
	Listen    string
	Bootstrap []string // HOST:PORT
	PublicIP  netip.Addr
	Private   []swarm.InfoHash
}

// Default is the configuration of a tracker without a file.
func Default() Config {
	return Config{
		HTTP:  Listener{":6969"},
		UDP:   Listener{":6969"},
		Admin: Listener{"127.0.0.1:6970"},
		Discovery: Discovery{
			MaxAge: 24 * time.Hour, MaxServers: 32, LookupsPerSecond: 10,
		},
		Policy: Policy{Spec: selector.Spec{Name: selector.Default}, CensusSize: 50, CensusInterval: 5 * time.Minute},
		Announce: Announce{
			Interval: 30 * time.Minute, MaxNumWant: 200, PeerIDs: true, MaxIntroductions: 8000,
		},
		Snapshot: Snapshot{Interval: time.Minute},
	}
}

// fill sets what follows from other keys where the file does not say.
func (c *Config) fill() {
	a := &c.Announce
	if a.MinInterval == 0 {
		a.MinInterval = a.Interval / 2
	}
	if a.Lifetime == 0 {
		a.Lifetime = min(2*a.Interval, maxLifetime)
	}
	if a.DefaultNumWant == 0 {
		a.DefaultNumWant = min(50, a.MaxNumWant)
	}
}

const maxLifetime = 36 * time.Hour

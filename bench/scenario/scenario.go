package scenario

import "time"

// Scenario is one kind of swarm in one network, and the policies to compare in it. The
// YAML keys are the tags.
type Scenario struct {
	Name string `yaml:"-"`

	About   string `yaml:"about"`   // a sentence or three for people
	Answers string `yaml:"answers"` // the published number, with its source; may be empty

	// Set is "design" if policies may be shaped by what this scenario shows, and
	// "confirm" if it is there to judge them.
	Set string `yaml:"set"`

	Topology Topology `yaml:"topology"`
	Peers    Peers    `yaml:"peers"`
	Access   Access   `yaml:"access"`
	Swarm    Swarm    `yaml:"swarm"`
	Map      Map      `yaml:"map"`
	Client   Client   `yaml:"client"`
	Policies []Policy `yaml:"policies"`

	digest string // of the file's text
}

// Topology is the network.
type Topology struct {
	Graph string `yaml:"graph"` // a builtin of package topo
	File  string `yaml:"file"`  // or a file: GraphML, GML, SNDlib, node-link JSON, AS relationships

	// ISPs is "graph" (which network a node is of is as the graph says; the default),
	// "each" (every node is one) or "one" (all are one).
	ISPs string `yaml:"isps"`

	// Outside joins other ISPs to a graph that is one network.
	Outside Outside `yaml:"outside"`

	// Internal, Peering and Transit replace what the links of that kind carry, each
	// way. A link between ISPs without a relation is of kind peering.
	Internal Rate `yaml:"internal"`
	Peering  Rate `yaml:"peering"`
	Transit  Rate `yaml:"transit"`

	// Background is how much the graph's own demands use of the link that they use most,
	// 0 to 1. It counts for the most loaded link and leaves downloads their rates.
	Background float64 `yaml:"background"`
}

// Outside is a number of ISPs of one place each, which buy transit from one network
// that the graph's gateways buy it from, too.
type Outside struct {
	ISPs     int      `yaml:"isps"`
	Gateways int      `yaml:"gateways"` // nodes with the most links; 0 means 2
	Capacity Rate     `yaml:"capacity"` // of each transit link; 0 is unlimited
	Delay    Duration `yaml:"delay"`    // of each; 0 means 15 ms
}

// Peers says where peers are.
type Peers struct {
	Total int     `yaml:"total"` // seeds included
	Where []Where `yaml:"where"` // none: as many in each place
}

// Where is a part of the peers in a part of the places.
type Where struct {
	At     string  `yaml:"at"`     // pattern of names of nodes, as pop-* or !pop-*; empty is all
	Share  float64 `yaml:"share"`  // of the peers, in proportion to those of the others; 0 means 1
	Spread string  `yaml:"spread"` // even (the default), uniform, zipf, degree
	S      float64 `yaml:"s"`      // Zipf's exponent; 0 means 1
	By     string  `yaml:"by"`     // zipf: over pid (the default) or isp
}

// Access is what peers' lines carry.
type Access struct {
	// Draw says who shares a class: "isp" (the default), "pid" or "peer".
	Draw    string           `yaml:"draw"`
	Classes map[string]Class `yaml:"classes"`
	At      []ClassAt        `yaml:"at"`   // classes of some nodes, whatever is drawn
	Vary    float64          `yaml:"vary"` // sigma of a lognormal factor on each peer's rates, median 1
}

// Class is a kind of line.
type Class struct {
	Share float64 `yaml:"share"` // of those who draw, in proportion; 0 means 1
	Up    Rate    `yaml:"up"`
	Down  Rate    `yaml:"down"`
}

// ClassAt gives the nodes of a pattern a class.
type ClassAt struct {
	At    string `yaml:"at"`
	Class string `yaml:"class"`
}

// Swarm is the torrent, and how peers come and go.
type Swarm struct {
	File  Size `yaml:"file"`
	Piece Size `yaml:"piece"`

	Seeds    int      `yaml:"seeds"`     // of Peers.Total, there from the start; 0 means 1
	SeedsAt  string   `yaml:"seeds_at"`  // pattern of nodes, one seed in each in turn; empty: drawn as peers are
	SeedUp   Rate     `yaml:"seed_up"`   // of each; 0: as its access says
	SeedsFor Duration `yaml:"seeds_for"` // how long they stay; 0: for ever

	Arrivals Arrivals `yaml:"arrivals"`
	Aborts   Aborts   `yaml:"aborts"`

	// Seeding is the mean time that a peer stays when it is complete, exponentially
	// distributed; 0: it leaves at once. "for ever" needs Stay.
	Seeding Duration `yaml:"seeding"`
	Stay    bool     `yaml:"stay"`

	Unreachable float64  `yaml:"unreachable"` // share of peers that cannot be dialled
	Leave       Leave    `yaml:"leave"`
	Announce    Duration `yaml:"announce"` // interval; 0 means 10 minutes
	Until       Duration `yaml:"until"`    // the end, come what may
}

// Arrivals is when leechers come.
type Arrivals struct {
	Kind string   `yaml:"kind"` // flash (the default), poisson, decay
	Over Duration `yaml:"over"` // flash, poisson: evenly in this time, by chance; decay: none later
	Tau  Duration `yaml:"tau"`  // decay: the rate falls as exp(-t/tau)
}

// Aborts is how long peers have patience: lognormal. A median of 0 is for ever.
type Aborts struct {
	Median Duration `yaml:"median"`
	Sigma  float64  `yaml:"sigma"` // 0 means 1.5
}

// Leave has a share of one PID's leechers vanish at once.
type Leave struct {
	At    string   `yaml:"at"` // pattern of nodes; empty: the PID with the most peers
	Share float64  `yaml:"share"`
	After Duration `yaml:"after"`
}

// Map is what ALTO servers say.
type Map struct {
	// Costs is hops, delay, igp or price; empty means hops.
	Costs string `yaml:"costs"`

	// By is who has an ALTO server: "isps" (each its own, for its own customers; the
	// default), "one" (one for all), or patterns of the names of ISPs.
	By []string `yaml:"by"`

	// Fault is what is wrong with it; empty: nothing.
	//
	//	absent    no server answers, or none does from After on
	//	wrong     Share of the prefixes are in another PID
	//	permuted  the costs of each row are dealt out anew
	//	inverted  what is near is called far
	//	stale     since the map was made, Share of the prefixes moved to another PID
	//	          of their ISP, and Links of the links failed
	//	poisoned  one address is a PID of its own, the cheapest to everybody
	Fault string   `yaml:"fault"`
	Share float64  `yaml:"share"` // 0 means 0.2
	Links int      `yaml:"links"` // 0 means 1
	After Duration `yaml:"after"`
}

// Client is how BitTorrent clients behave; 0 means what sim.Client says.
type Client struct {
	PEX     bool `yaml:"pex"`
	Slots   int  `yaml:"slots"`
	Want    int  `yaml:"want"` // peers asked for
	Connect int  `yaml:"connect"`
	Accept  int  `yaml:"accept"`
	Reask   int  `yaml:"reask"`
}

// Interval returns the announce interval.
func (s *Scenario) Interval() time.Duration {
	return or(time.Duration(s.Swarm.Announce), 10*time.Minute)
}

// Digest tells this text of the scenario from any other.
func (s *Scenario) Digest() string { return s.digest }

func or[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

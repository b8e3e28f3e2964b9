package asgraph

// A direction is where a link leads, seen from its near end.
type direction uint8

const (
	anywhere direction = iota // no relationships are known
	up                        // to a provider
	across                    // to a peer
	down                      // to a customer
)

// The costs of crossing a link.
const (
	Hop     = 1 // where no relationships are known
	Peering = 1
	Transit = 2
)

func (d direction) cost() int {
	switch d {
	case anywhere:
		return Hop
	case across:
		return Peering
	default:
		return Transit
	}
}

// A link leads to a neighbour.
type link struct {
	to  int32
	dir direction
}

// Graph is the links between ASes. It never changes.
type Graph struct {
	index   map[uint32]int32
	ases    []uint32
	links   [][]link
	told    bool
	guessed int
}

// join enters a link with both its ends.
func (g *Graph) join(low, high int32, k kind) {
	there, back := anywhere, anywhere
	switch k {
	case provider:
		there, back = down, up
	case customer:
		there, back = up, down
	case peering:
		there, back = across, across
	}
	g.links[low] = append(g.links[low], link{high, there})
	g.links[high] = append(g.links[high], link{low, back})
}

// ASes returns how many ASes have a neighbour.
func (g *Graph) ASes() int { return len(g.ases) }

// Links returns how many pairs of neighbours there are.
func (g *Graph) Links() int {
	n := 0
	for _, links := range g.links {
		n += len(links)
	}
	return n / 2
}

// Told tells whether relationships are known.
func (g *Graph) Told() bool { return g.told }

// Guessed returns how many links were seen, but named by no file of relationships
// though there was one.
func (g *Graph) Guessed() int { return g.guessed }

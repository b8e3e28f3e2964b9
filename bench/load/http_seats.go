package load

// seat is a place for an HTTP connection of a worker: the source it speaks from, and
// which of the source's connections it is.
type seat struct{ source, rank, of int }

// seats returns the places of a worker. Connection i of all is of source i mod
// Sources, and so of that one's worker.
func seats(c *Config, worker int) (list []seat) {
	for i := range c.Connections {
		if source := i % c.Sources; source%c.Workers == worker {
			list = append(list, seat{source, i / c.Sources, (c.Connections - source + c.Sources - 1) / c.Sources})
		}
	}
	return list
}

// cursorsOf returns the peers that each seat starts; if nobody keeps a seat, those of
// each source.
func cursorsOf(g *Generator, worker int, seats []seat) (list []cursor) {
	if g.config.OneShot {
		return cursorsOfAll(g.pop, g.decks[worker].sources)
	}
	for _, s := range seats {
		list = append(list, newCursor(g.pop, s.source, s.rank, s.of))
	}
	return list
}

// maxRefused is how many requests in a row may be lost with their connections.
const maxRefused = 1000

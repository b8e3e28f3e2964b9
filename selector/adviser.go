package selector

// Adviser is a policy that also looks at who is in a swarm. Its own lists are for
// swarms that nobody has looked at, because they are small or new.
type Adviser interface {
	Policy

	// Advise returns the policy for one swarm alone. It may think for a while: it is
	// never called on the way of an announce. What it returns must not change any
	// more; it is used until the swarm or the map is no longer what it was.
	Advise(Map, Census) Policy
}

// Sharer is advice that is the same for many swarms but for a few numbers, so that its
// lists are compiled once for all of them. What is not a Sharer has lists of its own for
// each swarm: with many swarms, and many PIDs, these do not all stay in memory.
type Sharer interface {
	Policy

	// Terms returns what List is made of for a requester. It looks at the view's Home,
	// Homes, Source, Seeder and Class only; the others may be empty.
	Terms(View) Terms
}

// Terms is a list in two parts.
type Terms struct {
	Policy Policy // of no swarm in particular; comparable with ==
	Most   int    // for the list's own
	Soon   bool   // for the list's own
}

// List implements [Policy].
func (t Terms) List(v View) List {
	l := t.Policy.List(v)
	l.Most, l.Soon = t.Most, t.Soon
	return l
}

// Census is who is in a swarm, by PID: all that a policy may know of peers.
type Census struct {
	// Populations is in the order of PIDs; each holds a peer at least.
	Populations []Population

	// Upload is what a peer of each class is taken to upload, in bytes a second; 0
	// where nothing is known.
	Upload [NumClasses]float64
}

// Population is the peers of one PID in one swarm, by role and class.
type Population struct {
	PID               PID
	Leechers, Seeders [NumClasses]uint32
}

// Count returns how many leechers and seeders there are.
func (p Population) Count() (leechers, seeders int) {
	for c := range NumClasses {
		leechers += int(p.Leechers[c])
		seeders += int(p.Seeders[c])
	}
	return leechers, seeders
}

// Count returns how many leechers and seeders a swarm has.
func (c Census) Count() (leechers, seeders int) {
	for _, p := range c.Populations {
		l, s := p.Count()
		leechers, seeders = leechers+l, seeders+s
	}
	return leechers, seeders
}

// Within returns the populations of the PIDs of spans.
func (c Census) Within(spans []Span) (in Census) {
	in.Upload = c.Upload
	for _, p := range c.Populations {
		for len(spans) > 0 && spans[0].Hi <= p.PID {
			spans = spans[1:]
		}
		if len(spans) > 0 && spans[0].Lo <= p.PID {
			in.Populations = append(in.Populations, p)
		}
	}
	return in
}

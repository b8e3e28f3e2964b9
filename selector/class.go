package selector

// Class says how fast a peer uploads, compared with all the others that the
// tracker knows.
type Class uint8

// The classes, each a third of the peers whose upload could be estimated.
const (
	Unknown Class = iota // nothing could be estimated yet
	Slow
	Medium
	Fast
	numClasses
)

// NumClasses is how many classes there are.
const NumClasses = int(numClasses)

func (c Class) String() string {
	return [...]string{"unknown", "slow", "medium", "fast"}[c&3]
}

// Classes is a set of classes; the empty set stands for all of them.
type Classes uint8

// ClassesOf returns the set of classes given.
func ClassesOf(list ...Class) (set Classes) {
	for _, c := range list {
		set |= 1 << c
	}
	return set
}

// Has tells whether c is in the set.
func (s Classes) Has(c Class) bool { return s == 0 || s>>c&1 == 1 }

// Roles is a set of roles; the empty set stands for both.
type Roles uint8

// The roles of peers.
const (
	Leechers Roles = 1 << iota
	Seeders
)

// Has tells whether one of the roles of r is in the set.
func (s Roles) Has(r Roles) bool { return s == 0 || s&r != 0 }

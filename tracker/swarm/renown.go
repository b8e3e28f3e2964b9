package swarm

import "math"

// renown says how often a peer was introduced to others since it last announced: too
// often, and it is not introduced any more until it announces again. Nobody can be
// made the target of a swarm, whatever a map or a policy says (RFC 7285 section 15.1.1).
//
// It is a count of Morris (Counting large numbers of events in small registers, 1978):
// renown r stands for (b^r-1)/(b-1) introductions that were counted (see renownOf),
// b = 2^(1/4), right to a third on average; six bits reach to 290,000.
type renown uint8

const renownSteps = 4 // to double a count

var renownBase = math.Exp2(1.0 / renownSteps)

// rise holds, by renown, the chance out of 2^32 that an introduction raises it.
var rise = func() (t [1 << renownBits]uint32) {
	for r := range t {
		t[r] = uint32(math.Min(math.Pow(renownBase, -float64(r))*(1<<32), 1<<32-1))
	}
	t[len(t)-1] = 0
	return t
}()

// unlimited is above all renown.
const unlimited = 1 << renownBits

// renownOf returns the renown that stands for n introductions, if one in each is counted; 0
// stands for no limit.
func renownOf(n int) (limit renown, each int) {
	switch {
	case n == 0:
		return unlimited, 0
	case n < countAll:
		each = 1
	default:
		each = countOne
	}
	r := math.Log2(float64(n)/float64(each)*(renownBase-1)+1) * renownSteps
	return renown(min(math.Round(r), 1<<renownBits-1)), each
}

// Where a limit is countAll or more, one in countOne introductions is counted, chosen at random:
// that blurs the count by a tenth at most, and it is right to a third.
const (
	countOne = 8
	countAll = 100 * countOne
)

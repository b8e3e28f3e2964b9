package swarm

import "math"

// Class says how fast a peer uploads, compared with all others that announce.
type Class uint8

// The classes: each but Unknown is a third of the peers whose upload is known.
const (
	Unknown Class = iota
	Slow
	Medium
	Fast
)

// NumClasses is how many classes there are.
const NumClasses = 1 << classBits

// capacity is what is known of a peer's upload, from what it says in its announces: the
// estimate in the upper 10 bits, the counter it gave last in the lower 22.
//
// The counter is kept in units of 128 KiB, modulo 512 GiB; a peer that uploads a gigabit
// a second fills less than half of that in half an hour. Announces that are closer
// together than shortest say nothing. Who exaggerates gets into the class of the fast, and no further:
// nothing hangs on the estimate itself but the class.
type capacity uint32

const (
	counterBits = 22
	counterUnit = 128 << 10
	shortest    = 3 // ticks
)

// level is an estimate on a logarithmic scale, 48 steps to double it from 1 KiB/s on; 0
// is unknown.
type level uint16

const (
	levels      = 1 << (32 - counterBits)
	levelSteps  = 48
	levelOrigin = 1 << 10 // bytes a second
)

func levelOf(rate float64) level {
	steps := math.Round(levelSteps * math.Log2(math.Max(rate/levelOrigin, 1)))
	return level(1 + math.Min(steps, levels-2))
}

// rate returns bytes a second.
func (l level) rate() float64 {
	if l == 0 {
		return 0
	}
	return levelOrigin * math.Exp2(float64(l-1)/levelSteps)
}

func (c capacity) level() level { return level(c >> counterBits) }

// next returns what is known after another announce: uploaded is the counter, elapsed
// the time since the announce before, in ticks; fresh says that the peer has begun to
// count anew.
//
// A peer uploads as much as it is asked to, which is not all it could: so the estimate
// rises by half of what is missing, and falls by an eighth.
func (c capacity) next(uploaded int64, elapsed tick, fresh bool) capacity {
	counter := capacity(uploaded/counterUnit) & (1<<counterBits - 1)
	more := (counter - c) & (1<<counterBits - 1)
	if fresh || elapsed < shortest || more >= 1<<(counterBits-1) { // the last: it began anew and did not say so
		return capacity(c.level())<<counterBits | counter
	}
	seen := float64(more) * counterUnit / float64(int(elapsed)*tickSeconds)
	known := c.level().rate()
	switch {
	case known == 0 && seen == 0:
		return counter // nobody has asked it for anything yet
	case known == 0:
		known = seen
	case seen > known:
		known += (seen - known) / 2
	default:
		known -= (known - seen) / 8
	}
	return capacity(levelOf(known))<<counterBits | counter
}

// scale says where the classes begin.
type scale struct {
	medium, fast level
	typical      [NumClasses]float64 // bytes a second
}

// class returns the class of an estimate.
func (s *scale) class(l level) Class {
	switch {
	case s == nil || l == 0:
		return Unknown
	case l >= s.fast:
		return Fast
	case l >= s.medium:
		return Medium
	}
	return Slow
}

// census of estimates: how many peers have each level.
type levelCounts [levels]uint32

// scale cuts the peers in three. It returns nil if nothing is known of anybody.
func (n *levelCounts) scale() *scale {
	total := uint64(0)
	for _, k := range n[1:] {
		total += uint64(k)
	}
	if total == 0 {
		return nil
	}
	s := &scale{medium: n.quantile(total / 3), fast: n.quantile(total - total/3)}
	var sums, counts [NumClasses]float64
	for l := level(1); l < levels; l++ {
		k, c := float64(n[l]), s.class(l)
		sums[c] += k * l.rate()
		counts[c] += k
	}
	for c := Slow; c <= Fast; c++ {
		if counts[c] > 0 {
			s.typical[c] = sums[c] / counts[c]
		}
	}
	return s
}

// quantile returns the least level that more than below peers do not exceed.
func (n *levelCounts) quantile(below uint64) level {
	sum := uint64(0)
	for l := level(1); l < levels; l++ {
		if sum += uint64(n[l]); sum > below {
			return l
		}
	}
	return levels - 1
}

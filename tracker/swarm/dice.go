package swarm

import "math/bits"

// dice is a source of random numbers that costs one multiplication a number (wyrand:
// Wang Yi, 2019). Its state is seeded from the system, or from Config.Seed.
type dice struct{ state uint64 }

// roll returns 64 random bits.
func (d *dice) roll() uint64 {
	d.state += 0xa0761d6478bd642f
	return fold(d.state, d.state^0xe7037ed1a0b428db)
}

// series is many rolls of dice for one: a linear congruential series (Knuth, The Art of Computer
// Programming, section 3.3.4), of which the upper half is used. It is for loops: a number costs
// half of what dice ask for one.
type series uint64

func (d *dice) series() series { return series(d.roll()) }

func (s series) next() series { return s*6364136223846793005 + 1442695040888963407 }

// below turns the number that a series is at into one from 0 to n-1, of which one is more likely
// than another by n in 2^32 at most.
func (s series) below(n uint32) uint32 { return uint32(uint64(s) >> 32 * uint64(n) >> 32) }

// below returns a number from 0 to n-1, n above 0. A number is more likely than another
// by n in 2^64 at most (Lemire, 2019).
func (d *dice) below(n uint32) uint32 {
	hi, _ := bits.Mul64(d.roll(), uint64(n))
	return uint32(hi)
}

// within is below for a larger n.
func (d *dice) within(n uint64) uint64 {
	hi, _ := bits.Mul64(d.roll(), n)
	return hi
}

// float returns a number from 0 up to, not including, 1.
func (d *dice) float() float64 { return unit(d.roll()) }

// unit turns 64 random bits into a number from 0 up to, not including, 1.
func unit(bits uint64) float64 { return float64(bits>>11) / (1 << 53) }

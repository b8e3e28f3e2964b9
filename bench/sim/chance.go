package sim

import "math/bits"

// chance is a series of random numbers (splitmix64: Steele, Lea, Flood, OOPSLA 2014).
type chance uint64

// newChance returns the series of one peer.
func newChance(seed uint64, peer int) chance {
	c := chance(seed)
	c = chance(c.next()) ^ chance(peer)*0xd1342543de82ef95
	return chance(c.next())
}

func (c *chance) next() uint64 {
	*c += 0x9e3779b97f4a7c15
	x := uint64(*c)
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// below returns a number from 0 to n-1.
func (c *chance) below(n int) int {
	hi, _ := bits.Mul64(c.next(), uint64(n))
	return int(hi)
}

// unit returns a number from 0 up to, not including, 1.
func (c *chance) unit() float64 { return float64(c.next()>>11) / (1 << 53) }

// normal returns a number of mean 0 and deviation 1, as good as normal to 2.5 deviations.
func (c *chance) normal() float64 { return 2 * (c.unit() + c.unit() + c.unit() - 1.5) }

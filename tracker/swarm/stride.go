package swarm

// strideOf is a step that visits each of n once before it comes back, and those of any part of
// them about as soon as those of another.
func strideOf(n int) int {
	if n < len(strides) {
		return int(strides[n])
	}
	return stride(n)
}

var strides = func() (t [256]uint8) {
	for n := range t {
		t[n] = uint8(stride(n))
	}
	return t
}()

// stride is a number near the golden section of n, has no divisor in common with it, and does
// not come back near to where it was before long: that is how large the quotients of their
// continued fraction are.
func stride(n int) int {
	golden := int(float64(n)*0.618 + 0.5)
	best, least := 1, n+1
	for off := 0; off <= min(n/8+1, strideSearch) && least > evenStride; off++ {
		for _, step := range [2]int{golden - off, golden + off} {
			if worst := worstQuotient(n, step); worst < least {
				best, least = step, worst
			}
		}
	}
	return best
}

// evenStride is a worst quotient that need not be bettered (the golden section has 1
// everywhere), and strideSearch how far from it a better one is looked for.
const (
	evenStride   = 2
	strideSearch = 16
)

// worstQuotient returns the largest quotient in Euclid's algorithm, and more than a if a and
// b, which is less, have a divisor in common.
func worstQuotient(a, b int) int {
	n, worst := a, 0
	for b > 0 {
		worst = max(worst, a/b)
		a, b = b, a%b
	}
	if a != 1 {
		return n + 1
	}
	return worst
}

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

// stride is near the golden section of n, and has no divisor in common with it.
func stride(n int) int {
	step := int(float64(n)*0.618) | 1
	for gcd(step, n) != 1 {
		step++
	}
	return step
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

package swarm

import "math/bits"

// less returns 1 if a is less than b, and else 0, and has no branch: a search that steps by it
// is not held up where a branch is guessed wrong, nor does it wait for the end of the one
// before it. (The compiler makes branches of comparisons that addresses hang on.)
func less[T ~uint32 | ~uint64](a, b T) int {
	_, borrow := bits.Sub64(uint64(a), uint64(b), 0)
	return int(borrow)
}

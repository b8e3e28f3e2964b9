package sim

import (
	"context"
	"slices"
)

// Run simulates c. If ctx ends first, it returns what had happened so far and the
// context's error.
func Run(ctx context.Context, c Config) (*Result, error) {
	c = c.withDefaults()
	if err := c.check(); err != nil {
		return nil, err
	}
	w := newWorld(c)
	err := w.run(ctx)
	return w.result(), err
}

// quantile returns the value that a share of all values is not above; 0 of none.
func quantile(values []float64, share float64) float64 {
	if len(values) == 0 {
		return 0
	}
	slices.Sort(values)
	return values[int(share*float64(len(values)-1))]
}

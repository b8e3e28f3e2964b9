//go:build !linux

package run

import "math"

func threadSeconds() float64 { return math.NaN() }

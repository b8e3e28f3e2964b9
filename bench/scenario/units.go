package scenario

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
)

// Rate is bytes a second, written in bits: "8 Mbit/s"; "unlimited" is +Inf.
type Rate float64

// Size is bytes: "256 KiB", "100 MB".
type Size int64

// Duration is "90s", "10m" or "2h".
type Duration time.Duration

// unit is a word behind a number.
type unit struct {
	word  string
	bytes float64
}

func rateUnits() []unit {
	return []unit{{"kbit/s", 1e3 / 8}, {"Mbit/s", 1e6 / 8}, {"Gbit/s", 1e9 / 8}, {"bit/s", 1. / 8}}
}

func sizeUnits() []unit {
	return []unit{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"kB", 1e3}, {"MB", 1e6}, {"GB", 1e9}}
}

// UnmarshalText reads a rate.
func (r *Rate) UnmarshalText(text []byte) error {
	if string(text) == "unlimited" {
		*r = Rate(math.Inf(1))
		return nil
	}
	v, ok := measure(string(text), rateUnits())
	if !ok {
		return errors.New(`a rate such as "8 Mbit/s" (kbit/s, Mbit/s, Gbit/s), or unlimited`)
	}
	*r = Rate(v)
	return nil
}

// UnmarshalText reads a size.
func (s *Size) UnmarshalText(text []byte) error {
	v, ok := measure(string(text), sizeUnits())
	if !ok || v > 1<<50 {
		return errors.New(`a size such as "100 MiB" (kB, MB, GB, KiB, MiB, GiB)`)
	}
	*s = Size(v)
	return nil
}

// UnmarshalText reads a duration.
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	if err != nil || v < 0 {
		return errors.New(`a duration such as "90s", "10m", "2h"`)
	}
	*d = Duration(v)
	return nil
}

// measure reads a number of at least 0 with a unit.
func measure(text string, units []unit) (float64, bool) {
	for _, u := range units {
		if number, ok := strings.CutSuffix(text, u.word); ok {
			v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
			return v * u.bytes, err == nil && v >= 0 && !math.IsInf(v, 0)
		}
	}
	return 0, false
}

package altoclient

import (
	"fmt"
	"strconv"
	"strings"
)

// Direction says which of two values of a cost metric is the better one. The zero
// Direction means that nobody has said.
type Direction uint8

// The directions of cost metrics.
const (
	LowerBetter Direction = iota + 1
	HigherBetter
)

// String returns the word that configurations use: lower, higher or unknown.
func (d Direction) String() string {
	switch d {
	case LowerBetter:
		return "lower"
	case HigherBetter:
		return "higher"
	}
	return "unknown"
}

// Metric is a cost metric taken apart (RFC 9439 section 3.2): what is measured,
// and which statistic of the samples is reported.
type Metric struct {
	Base      string // as in delay-ow
	Statistic string // as in p99.9; empty means the metric's own default, mostly the median
}

// String returns the metric as it is written, as in delay-ow:p99.9.
func (m Metric) String() string {
	if m.Statistic == "" {
		return m.Base
	}
	return m.Base + ":" + m.Statistic
}

// statistics are the operators that RFC 9439 section 3.2 names, percentiles
// aside.
var statistics = map[string]bool{
	"cur": true, "min": true, "max": true, "median": true, "mean": true, "stddev": true, "stdvar": true,
}

// ParseMetric takes the name of a cost metric apart. It fails if the name breaks
// RFC 7285 section 10.6, as extended by RFC 9439 section 3.2. A colon is part of
// the base name in the metrics of private use (priv:) and wherever the metrics of
// RFC 9439 have no part.
func ParseMetric(name string) (Metric, error) {
	if err := checkMetric(name); err != nil {
		return Metric{}, err
	}
	i := strings.LastIndexByte(name, ':')
	if i < 0 {
		return Metric{Base: name}, nil
	}
	base, statistic := name[:i], name[i+1:]
	known := statistics[statistic] || isPercentile(statistic)
	if _, registered := metrics[base]; registered && !known {
		return Metric{}, fmt.Errorf("cost metric %q: %q is not a statistic of RFC 9439 section 3.2", name, statistic)
	}
	if !known || base == "priv" {
		return Metric{Base: name}, nil
	}
	return Metric{Base: base, Statistic: statistic}, nil
}

const maxMetric = 32 // characters, RFC 7285 section 10.6

func checkMetric(name string) error {
	if name == "" || len(name) > maxMetric {
		return fmt.Errorf("cost metric %.80q has %d characters, want 1 to %d", name, len(name), maxMetric)
	}
	for i := range len(name) {
		if !nameByte[name[i]] || name[i] == '@' {
			return fmt.Errorf("cost metric %q: only letters, digits and -:_. are allowed", name)
		}
	}
	return nil
}

func isPercentile(statistic string) bool {
	digits, ok := strings.CutPrefix(statistic, "p")
	if !ok || digits == "" || strings.Trim(digits, "0123456789.") != "" ||
		strings.HasPrefix(digits, ".") || strings.HasSuffix(digits, ".") {
		return false
	}
	p, err := strconv.ParseFloat(digits, 64)
	return err == nil && p <= 100
}

// metrics is the registry of cost metrics (RFC 7285 section 14.2, RFC 9439
// section 8.1), as far as values of them can be compared.
var metrics = map[string]struct {
	direction Direction
	unit      string
}{
	RoutingCost:       {LowerBetter, ""},
	"delay-ow":        {LowerBetter, "µs"},
	"delay-rt":        {LowerBetter, "µs"},
	"delay-variation": {LowerBetter, "µs"},
	"lossrate":        {LowerBetter, "%"},
	"hopcount":        {LowerBetter, ""},
	"tput":            {HigherBetter, "B/s"},
	"bw-residual":     {HigherBetter, "B/s"},
	"bw-available":    {HigherBetter, "B/s"},
}

// Direction returns which of two values is the better one; 0 for a metric that
// is not registered. Whatever is measured, less deviation is better.
func (m Metric) Direction() Direction {
	known := metrics[m.Base]
	if known.direction != 0 && (m.Statistic == "stddev" || m.Statistic == "stdvar") {
		return LowerBetter
	}
	return known.direction
}

// Unit returns the unit of the values, for people; empty for a metric that has
// none or is not registered.
func (m Metric) Unit() string {
	unit := metrics[m.Base].unit
	if unit != "" && m.Statistic == "stdvar" {
		return "(" + unit + ")²"
	}
	return unit
}

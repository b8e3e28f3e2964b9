package load

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

// kind is what a request asks for.
type kind uint8

const (
	regular kind = iota // an announce without event
	started
	completed
	stopped
	scrape
	connect // UDP only
	kinds
)

var kindNames = [kinds]string{"announce", "started", "completed", "stopped", "scrape", "connect"}

func (k kind) String() string { return kindNames[k] }

// announces tells whether k is an announce.
func (k kind) announces() bool { return k <= stopped }

// Mix is what requests are made of: shares, of any sum. Zero: regular announces.
type Mix [kinds]float64

// ParseMix reads NAME=SHARE,..., the names being announce (a regular one), started,
// completed, stopped, scrape and connect.
func ParseMix(text string) (m Mix, err error) {
	for part := range strings.SplitSeq(text, ",") {
		name, number, _ := strings.Cut(part, "=")
		k, ok := kindOf(strings.TrimSpace(name))
		if !ok {
			return Mix{}, fmt.Errorf("%q: want one of %s", name, strings.Join(kindNames[:], ", "))
		}
		if m[k], err = strconv.ParseFloat(strings.TrimSpace(number), 64); err != nil || !(m[k] >= 0 && m[k] <= 1e9) {
			return Mix{}, fmt.Errorf("%q: want NAME=SHARE, the share 0 or more", part)
		}
	}
	if m.sum() == 0 {
		return Mix{}, fmt.Errorf("%q: all shares are 0", text)
	}
	return m, nil
}

func kindOf(name string) (kind, bool) {
	for k, n := range kindNames {
		if n == name {
			return kind(k), true
		}
	}
	return 0, false
}

// UnmarshalText makes a Mix a flag and a YAML value.
func (m *Mix) UnmarshalText(text []byte) (err error) {
	*m, err = ParseMix(string(text))
	return err
}

// String writes m as ParseMix reads it.
func (m Mix) String() string {
	var parts []string
	for k, share := range m {
		if share > 0 {
			parts = append(parts, kindNames[k]+"="+strconv.FormatFloat(share, 'g', -1, 64))
		}
	}
	return strings.Join(parts, ",")
}

// MarshalText writes m as ParseMix reads it.
func (m Mix) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

func (m Mix) sum() (sum float64) {
	for _, share := range m {
		sum += share
	}
	return sum
}

// draw returns a kind by its share.
func (m *Mix) draw(rng *rand.Rand, sum float64) kind {
	if m[regular] == sum {
		return regular
	}
	x := rng.Float64() * sum
	last := regular
	for k, share := range m {
		if share == 0 {
			continue
		}
		if last = kind(k); x < share {
			return last
		}
		x -= share
	}
	return last // by rounding
}

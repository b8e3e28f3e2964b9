package run

import (
	"math"
	"os"
	"time"

	"github.com/altracker/altracker/bench/load/machine"
)

// meter measures what a run takes of the machine, from the first reading to the last.
// Where the machine does not tell, shares and times are NaN and 0.
type meter struct {
	first, last reading
	programs    func() time.Duration // what has been used by programs that were started; may be nil
}

type reading struct {
	at        time.Time
	busy, all time.Duration // of all processors
	own       time.Duration // of this process, and the programs
}

func (m *meter) read() {
	now := reading{at: time.Now()}
	now.busy, now.all, _ = machine.Processors() // zero where it cannot be told
	if u, err := machine.Of(os.Getpid()); err == nil {
		now.own = u.CPU()
	}
	if m.programs != nil {
		now.own += m.programs()
	}
	if m.first.at.IsZero() {
		m.first = now
	}
	m.last = now
}

func (m *meter) wall() time.Duration { return m.last.at.Sub(m.first.at) }
func (m *meter) cpu() time.Duration  { return m.last.own - m.first.own }

// busy is the share of all processors' time that was used, by whomever.
func (m *meter) busy() float64 { return m.share(m.last.busy - m.first.busy) }

// own is the share that this process and the programs used.
func (m *meter) own() float64 { return m.share(m.cpu()) }

func (m *meter) share(part time.Duration) float64 {
	all := m.last.all - m.first.all
	if all <= 0 {
		return math.NaN()
	}
	return float64(part) / float64(all)
}

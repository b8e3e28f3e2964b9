package altoclient

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"time"
)

// Calendar says when each value of a cost calendar holds (RFC 8896 section
// 5.1.2). The zero Calendar is that of a cost that does not change with time: it
// has one slot, without an end.
type Calendar struct {
	Start     time.Time
	Interval  time.Duration // of each slot
	Intervals int           // slots of one iteration
	Repeated  int           // iterations, at least 1
}

// Slot returns which slot holds at t. Before the start that is the first one. At
// the end it is the last one, for as long as nobody knows better.
func (c Calendar) Slot(t time.Time) int {
	elapsed := t.Sub(c.Start)
	switch {
	case c.Intervals <= 1 || elapsed < 0:
		return 0
	case elapsed >= c.length():
		return c.Intervals - 1
	}
	return int(elapsed / c.Interval % time.Duration(c.Intervals))
}

// Border returns when, after t, the next slot begins; false if none will.
func (c Calendar) Border(t time.Time) (time.Time, bool) {
	if c.Intervals <= 1 {
		return time.Time{}, false
	}
	past := max(0, t.Sub(c.Start))/c.Interval + 1
	if past >= c.length()/c.Interval {
		return time.Time{}, false
	}
	return c.Start.Add(past * c.Interval), true
}

// End returns when the last iteration is over; false for the zero Calendar.
func (c Calendar) End() (time.Time, bool) {
	if c.Intervals == 0 {
		return time.Time{}, false
	}
	return c.Start.Add(c.length()), true
}

const (
	maxIntervals = 10_000                        // of one calendar
	maxCalendar  = maxSeconds * time.Second      // one iteration
	forever      = 10 * maxSeconds * time.Second // all iterations; what is longer is cut
)

func (c Calendar) length() time.Duration {
	once := c.Interval * time.Duration(c.Intervals)
	return once * min(time.Duration(max(1, c.Repeated)), forever/max(1, once))
}

// calendarTime is the part of a calendar that a directory says, too.
type calendarTime struct {
	seconds   float64
	intervals int
}

func (c calendarTime) interval() time.Duration {
	return time.Duration(min(c.seconds, maxSeconds) * float64(time.Second))
}

func (c calendarTime) check() error {
	switch {
	case c.intervals < 1:
		return errors.New("number-of-intervals is missing, or below 1")
	case c.intervals > maxIntervals:
		return tooMany("intervals", maxIntervals)
	case c.interval() <= 0:
		return errors.New("time-interval-size is missing, or not positive")
	case c.seconds*float64(c.intervals) > maxSeconds:
		return fmt.Errorf("a calendar of %d intervals of %g s is longer than ten years", c.intervals, c.seconds)
	}
	return nil
}

// calendarAttributes is an entry of calendar-attributes or of
// calendar-response-attributes.
type calendarAttributes struct {
	calendarTime
	names    []string // of cost types, in the directory
	start    time.Time
	repeated int
}

func (d *document) calendarAttributes() (calendarAttributes, error) {
	a := calendarAttributes{repeated: 1}
	err := d.object(func(name []byte) (err error) {
		switch string(name) {
		case "cost-type-names":
			a.names, err = d.strings()
		case "time-interval-size":
			a.seconds, err = d.number()
		case "number-of-intervals":
			a.intervals, err = d.count()
		case "calendar-start-time":
			a.start, err = d.date()
		case "repeated":
			if a.repeated, err = d.count(); err == nil && a.repeated < 1 {
				err = d.errorf("want at least 1")
			}
		default:
			err = d.skip()
		}
		return err
	})
	return a, err
}

// responseCalendar reads an entry of calendar-response-attributes.
func (d *document) responseCalendar() (names []string, c Calendar, err error) {
	a, err := d.calendarAttributes()
	if err != nil {
		return nil, c, err
	}
	if err := a.check(); err != nil {
		return nil, c, d.errorf("%w", err)
	}
	if a.start.IsZero() {
		return nil, c, d.errorf("calendar-start-time is missing")
	}
	return a.names, Calendar{a.start, a.interval(), a.intervals, a.repeated}, nil
}

// date reads an IMF-fixdate (RFC 8896 section 5). The examples of that RFC write
// days of one digit, so that must pass.
func (d *document) date() (time.Time, error) {
	text, err := d.str()
	if err != nil {
		return time.Time{}, err
	}
	at, err := time.Parse("Mon, 2 Jan 2006 15:04:05 GMT", text)
	if err != nil {
		at, err = http.ParseTime(text)
	}
	if err != nil {
		return at, d.errorf("%.40q is not a date such as %s", text, http.TimeFormat)
	}
	if y := at.Year(); y < 1970 || y > 9999 {
		return at, d.errorf("year %d is out of range", y)
	}
	return at.UTC(), nil
}

// finite tells a number from what single precision cannot hold.
func finite(f float32) bool { return !math.IsInf(float64(f), 0) && f == f }

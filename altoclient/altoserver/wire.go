package altoserver

import (
	"net/http"
	"time"

	"github.com/altracker/altracker/altoclient"
)

// The wire form of what several documents have.
type (
	// vtag is RFC 7285 section 10.3.
	vtag struct {
		ResourceID string `json:"resource-id"`
		Tag        string `json:"tag"`
	}

	// costType is RFC 7285 section 10.7; an empty one is RFC 8189 section 4.1.3.
	costType struct {
		Mode   string `json:"cost-mode,omitempty"`
		Metric string `json:"cost-metric,omitempty"`
	}

	// calendar is RFC 8896 section 4.1 or, with a start, section 5.1.2.
	calendar struct {
		CostTypeNames []string `json:"cost-type-names,omitempty"`
		Start         string   `json:"calendar-start-time,omitempty"`
		Interval      float64  `json:"time-interval-size"` // seconds
		Intervals     int      `json:"number-of-intervals"`
		Repeated      int      `json:"repeated,omitzero"`
	}
)

func tagOf(v altoclient.VersionTag) vtag { return vtag{v.ResourceID, v.Tag} }

func costTypes(types []altoclient.CostType) []costType {
	list := make([]costType, len(types))
	for i, t := range types {
		list[i] = costType{t.Mode, t.Metric}
	}
	return list
}

// calendarOf is the part that a directory has.
func calendarOf(c altoclient.Calendar) calendar {
	return calendar{Interval: c.Interval.Seconds(), Intervals: c.Intervals}
}

// answered adds the part that an answer has, too.
func (c calendar) answered(full altoclient.Calendar) calendar {
	c.Start = full.Start.UTC().Truncate(time.Second).Format(http.TimeFormat)
	if full.Repeated > 1 {
		c.Repeated = full.Repeated
	}
	return c
}

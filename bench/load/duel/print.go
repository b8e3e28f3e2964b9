package duel

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/altracker/altracker/bench/load"
)

// Print writes an Outcome for people: medians, with the lowest and the highest.
func (o *Outcome) Print(out io.Writer) error {
	if o.About != "" {
		fmt.Fprintln(out, o.About)
	}
	fmt.Fprintf(out, "%s\n\n", o.Load)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "SERVER\tTHOUSAND/CPU-S\tTHOUSAND/S\tCORES\tP50 µS\tP99 µS\tPEERS\tMIB\tLOST\tREFUSED\tWRONG")
	for i := range o.Servers {
		o.Servers[i].print(w)
	}
	if len(o.Ratios) > 0 {
		fmt.Fprintln(w, "\nRATIO\tPER CPU-SECOND\tPER SECOND\tP99")
	}
	for _, r := range o.Ratios {
		fmt.Fprintf(w, "%s / %s\t%s\t%s\t%s\n", r.Of, r.To, r.PerCPUSecond.format("%.2f"), r.PerSecond.format("%.2f"), r.P99.format("%.2f"))
	}
	return w.Flush()
}

func (c *Contestant) print(w io.Writer) {
	if c.LeftOut != "" {
		fmt.Fprintf(w, "%s\tleft out: %s\n", c.Name, c.LeftOut)
		return
	}
	thousand := func(figure func(*load.Result) float64) string {
		return c.spread(func(r *load.Result) float64 { return figure(r) / 1000 }).format("%.1f")
	}
	median := func(figure func(*load.Result) float64) float64 { return c.spread(figure).Median }
	var lost, refused, wrong int64
	for _, r := range c.Results {
		lost, refused, wrong = lost+r.Lost, refused+r.Refused, wrong+r.Wrong
	}
	fmt.Fprintf(w, "%s\t%s\t%s\t%.2f\t%.0f\t%.0f\t%.1f\t%.1f\t%d\t%d\t%s\n", c.Name,
		thousand(perCPUSecond), thousand(perSecond),
		median(func(r *load.Result) float64 { return r.Server.Cores }),
		median(func(r *load.Result) float64 { return r.Latency.P50 }), median(p99),
		median(func(r *load.Result) float64 { return r.PeersPerReply }),
		median(func(r *load.Result) float64 { return float64(r.Server.MemoryAfter) / (1 << 20) }),
		lost, refused, c.wrong(wrong))
}

// wrong tells how many replies were wrong, and whether peers were looked at.
func (c *Contestant) wrong(n int64) string {
	if len(c.Results) > 0 && !c.Results[0].Load.PeersChecked {
		return fmt.Sprintf("%d, peers unchecked", n)
	}
	return fmt.Sprint(n)
}

func (s Spread) format(verb string) string {
	return fmt.Sprintf(verb+" ("+verb+"–"+verb+")", s.Median, s.Lowest, s.Highest)
}

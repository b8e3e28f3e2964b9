package load

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
)

// Print writes a Result for people.
func (r *Result) Print(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	line := func(name, format string, args ...any) { fmt.Fprintf(w, "%s\t%s\n", name, fmt.Sprintf(format, args...)) }
	in := &r.Load
	line("target", "%s, %s loop%s", in.Target, in.Loop, in.width())
	line("population", "%d peers in %d torrents (1/rank^%g), %.0f %% seeds, from %d addresses of %s", in.Peers, in.Torrents, in.Zipf, 100*in.SeedShare, in.Sources, in.From)
	if f := r.Fill; f != nil {
		line("fill", "%d announced in %.1f s, %d refused, %d asked again", f.Announced, f.Seconds, f.Refused, f.Repeated)
	}
	if r.Interrupted {
		line("interrupted", "before its time: what follows is of %.1f s", r.Seconds)
	}
	line("replies", "%d in %.2f s: %.0f a second%s", r.Replies, r.Seconds, r.RepliesPerSecond, r.kinds())
	line("requests", "%d sent, %d lost, %d refused, %d answered late", r.Sent, r.Lost, r.Refused, r.Late)
	line("peers", "%.1f in a reply, of %.1f possible", r.PeersPerReply, r.PeersPossible)
	l := &r.Latency
	line("latency", "p50 %s, p90 %s, p99 %s, p99.9 %s, max %s", µs(l.P50), µs(l.P90), µs(l.P99), µs(l.P999), µs(l.Max))
	if s := r.Server; s != nil {
		line("server", "%.2f cores, %.1f thousand replies per CPU-second", s.Cores, s.RepliesPerCPUSecond/1000)
		line("memory", "%.1f MiB before, %.1f after, %.1f at most", mib(s.MemoryBefore), mib(s.MemoryAfter), mib(s.MemoryPeak))
	}
	line("generator", "%.2f cores%s", r.Generator.Cores, r.bottleneck())
	r.printWrong(line)
	return w.Flush()
}

func (r *Result) printWrong(line func(name, format string, args ...any)) {
	checked := "all replies checked"
	if !r.Load.PeersChecked {
		checked = "peers taken on trust"
	}
	line("wrong", "%d (%s)", r.Wrong, checked)
	for _, w := range r.WrongReplies {
		line("", "%d × %s, such as %s", w.Count, w.What, w.Example)
	}
	if r.Fill != nil {
		for _, w := range r.Fill.Wrong {
			line("", "in the fill: %d × %s, such as %s", w.Count, w.What, w.Example)
		}
		printErrors(line, "in the fill: ", r.Fill.Errors)
	}
	printErrors(line, "", r.Errors)
}

func printErrors(line func(name, format string, args ...any), where string, errors Errors) {
	for _, text := range slices.Sorted(maps.Keys(errors)) {
		line("error", "%s%d × %q", where, errors[text], text)
	}
}

// width tells how wide the loop is.
func (in *Inputs) width() string {
	switch {
	case in.Rate > 0:
		return fmt.Sprintf(" at %.0f requests a second", in.Rate)
	case in.OneShot:
		return fmt.Sprintf(", %d connections of one request each", in.Connections)
	case in.Connections > 0:
		return fmt.Sprintf(", %d connections with %d requests under way", in.Connections, in.Pipeline)
	}
	return fmt.Sprintf(", %d requests under way", in.InFlight)
}

// kinds tells what was answered, if there was more than one kind.
func (r *Result) kinds() string {
	if len(r.Answered) < 2 {
		return ""
	}
	var parts []string
	for _, name := range kindNames {
		if n := r.Answered[name]; n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", name, n))
		}
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

// busy is the share of its cores beyond which the generator says that it was the
// bottleneck.
const busy = 0.95

func (r *Result) bottleneck() string {
	if r.Load.Loop == "open" || r.Generator.Cores < busy*float64(r.Load.Workers) {
		return ""
	}
	return ": it was the bottleneck, so compare per CPU-second, not per second"
}

func µs(n float64) string {
	if n < 10_000 {
		return fmt.Sprintf("%.0f µs", n)
	}
	return fmt.Sprintf("%.1f ms", n/1000)
}

func mib(n int64) float64 { return float64(n) / (1 << 20) }

package machine

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"time"
)

// Processors reads what all processors together have done since the machine started: how
// much of their time something ran on them, and all of it. Time that a host took away is
// no time to run in, and counts as used.
func Processors() (busy, all time.Duration, err error) {
	stat, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, 0, err
	}
	return parseProcessors(stat)
}

// parseProcessors reads the first line of proc_stat(5): user, nice, system, idle, iowait,
// irq, softirq, steal; guest times behind them are in user and nice already.
func parseProcessors(stat []byte) (busy, all time.Duration, err error) {
	line, _, _ := bytes.Cut(stat, []byte("\n"))
	fields := bytes.Fields(line)
	if len(fields) < 9 || string(fields[0]) != "cpu" {
		return 0, 0, fmt.Errorf("/proc/stat: %q: want the times of cpu", line)
	}
	const idle, iowait = 3, 4
	for i, f := range fields[1:9] {
		n, err := strconv.ParseInt(string(f), 10, 64)
		if err != nil {
			return 0, 0, fmt.Errorf("/proc/stat: %w", err)
		}
		spent := time.Duration(n) * tick
		all += spent
		if i != idle && i != iowait {
			busy += spent
		}
	}
	return busy, all, nil
}

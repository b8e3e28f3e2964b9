package machine

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"time"
)

// tick is the unit of processor times in /proc: USER_HZ, 100 on every architecture
// that Go runs Linux on.
const tick = time.Second / 100

// Of reads what a process has used.
func Of(pid int) (Usage, error) {
	dir := "/proc/" + strconv.Itoa(pid)
	stat, err := os.ReadFile(dir + "/stat")
	if err != nil {
		return Usage{}, fmt.Errorf("process %d: %w", pid, err)
	}
	status, err := os.ReadFile(dir + "/status")
	if err != nil {
		return Usage{}, fmt.Errorf("process %d: %w", pid, err)
	}
	u, err := parseStat(stat)
	if err != nil {
		return Usage{}, fmt.Errorf("process %d: %w", pid, err)
	}
	u.Resident = kibibytes(status, "VmRSS:")
	u.Peak = kibibytes(status, "VmHWM:")
	return u, nil
}

// parseStat reads utime and stime, fields 14 and 15 of proc_pid_stat(5). The second
// field, the program's name, may hold spaces and parentheses.
func parseStat(stat []byte) (u Usage, err error) {
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < 13 {
		return u, fmt.Errorf("stat: %d fields behind the name", len(fields))
	}
	for i, into := range []*time.Duration{&u.User, &u.System} {
		n, err := strconv.ParseInt(string(fields[11+i]), 10, 64)
		if err != nil {
			return u, fmt.Errorf("stat: %w", err)
		}
		*into = time.Duration(n) * tick
	}
	return u, nil
}

// kibibytes returns a line of proc_pid_status(5), in bytes; 0 for a process that has
// no memory any more.
func kibibytes(status []byte, name string) int64 {
	_, rest, _ := bytes.Cut(status, []byte("\n"+name))
	fields := bytes.Fields(rest)
	if len(fields) == 0 {
		return 0
	}
	n, _ := strconv.ParseInt(string(fields[0]), 10, 64)
	return n << 10
}

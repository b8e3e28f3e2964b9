//go:build linux

package machine

import (
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestProcessorTimeIsReadPastAnyName(t *testing.T) {
	const rest = " S 1 2 3 4 5 6 7 8 9 10 123 456 7 8 20 0 4 0 99"
	for _, name := range []string{"altracker", "a b", "a) S (b", ") 1 2 3"} {
		u, err := parseStat([]byte("42 (" + name + ")" + rest))
		if err != nil || u.User != 1230*time.Millisecond || u.System != 4560*time.Millisecond || u.CPU() != 5790*time.Millisecond {
			t.Errorf("%q: %+v, %v", name, u, err)
		}
	}
	for _, text := range []string{"", "42 (x)", "42 (x) S 1 2", "42 (x) S 1 2 3 4 5 6 7 8 9 10 x y 7 8"} {
		if _, err := parseStat([]byte(text)); err == nil || !strings.HasPrefix(err.Error(), "stat: ") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestMemoryIsRead(t *testing.T) {
	const status = "Name:\tVmRSS: 9 kB\nVmHWM:\t    2048 kB\nVmRSS:\t    1024 kB\nThreads:\t4\n"
	if got := kibibytes([]byte(status), "VmRSS:"); got != 1<<20 {
		t.Errorf("%d bytes resident", got)
	}
	if got := kibibytes([]byte(status), "VmHWM:"); got != 2<<20 {
		t.Errorf("%d bytes at most", got)
	}
	if got := kibibytes([]byte("Name:\tzombie\n"), "VmRSS:"); got != 0 {
		t.Errorf("%d bytes of a zombie", got)
	}
}

func TestTimesOfAllProcessorsAreRead(t *testing.T) {
	busy, all, err := parseProcessors([]byte("cpu  100 20 30 800 50 1 2 7 90 0\ncpu0 1 1 1 1 1 1 1 1 1 1\n"))
	if err != nil || busy != 160*tick || all != 1010*tick {
		t.Errorf("%v of %v, %v; want 1.6s of 10.1s", busy, all, err)
	}
	for _, text := range []string{"", "intr 1 2", "cpu 1 2 3", "cpu 1 2 3 4 5 6 7 x"} {
		if _, _, err := parseProcessors([]byte(text)); err == nil {
			t.Errorf("%q is taken for times", text)
		}
	}
	if busy, all, err := Processors(); err != nil || busy <= 0 || all < busy {
		t.Errorf("%v of %v, %v", busy, all, err)
	}
}

func TestThisProcessIsWatched(t *testing.T) {
	u, err := Of(os.Getpid())
	if err != nil || u.Resident < 1<<20 || u.Peak < u.Resident {
		t.Errorf("%+v, %v", u, err)
	}
	if _, err := Of(-5); err == nil || !strings.HasPrefix(err.Error(), "process -5: ") {
		t.Error(err)
	}
}

func TestAThreadStaysWhereItIsPut(t *testing.T) {
	var may unix.CPUSet
	if err := unix.SchedGetaffinity(0, &may); err != nil {
		t.Fatal(err)
	}
	last := -1
	for c := range runtime.NumCPU() * 8 {
		if may.IsSet(c) {
			last = c
		}
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := Own([]int{last}, 1); err != nil {
			t.Error(err)
		}
		var set unix.CPUSet
		if err := unix.SchedGetaffinity(0, &set); err != nil || set.Count() != 1 || !set.IsSet(last) {
			t.Errorf("the thread may run on %d processors, %v", set.Count(), err)
		}
	}()
	<-done
	for _, c := range []int{-1, 1 << 20} {
		if err := Check([]int{c}); err == nil || !strings.Contains(err.Error(), "there is none") {
			t.Errorf("processor %d: %v", c, err)
		}
	}
	if err := Check([]int{last}); err != nil {
		t.Error(err)
	}
	if a, b, err := Apart(); err == nil && (a == b || !may.IsSet(a) || !may.IsSet(b)) {
		t.Errorf("processors %d and %d", a, b)
	}
}

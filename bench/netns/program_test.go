package netns

import (
	"slices"
	"strings"
	"testing"
)

func TestProgramsAreReadAsTheyAreNamed(t *testing.T) {
	all, err := ParsePrograms(Names(Programs()))
	if err != nil || !slices.Equal(all, Programs()) {
		t.Errorf("%v, %v", all, err)
	}
	some, err := ParsePrograms("aria2, transmission,aria2")
	if err != nil || !slices.Equal(some, []Program{Aria2, Transmission}) {
		t.Errorf("%v, %v", some, err)
	}
	for _, text := range []string{"", "aria", "aria2,,libtorrent"} {
		if list, err := ParsePrograms(text); err == nil || !strings.Contains(err.Error(), "want some of transmission,aria2,libtorrent") {
			t.Errorf("%q: %v, %v", text, list, err)
		}
	}
}

// The seed draws who is what; there are as many of each as can be.
func TestProgramsAreDealtEvenly(t *testing.T) {
	first := Deal(Programs(), 32, 1)
	if !slices.Equal(first, Deal(Programs(), 32, 1)) || slices.Equal(first, Deal(Programs(), 32, 2)) {
		t.Error("it is not the seed that deals")
	}
	times := map[Program]int{}
	for _, p := range first {
		times[p]++
	}
	for _, p := range Programs() {
		if times[p] < 10 || times[p] > 11 {
			t.Errorf("%d of 32 are %v", times[p], p)
		}
	}
}

func TestLinesWithoutABoundAreNotShaped(t *testing.T) {
	if got := shaping("eth0", 0); got != "" {
		t.Errorf("%q", got)
	}
	if got, want := shaping("eth0", 1<<20), "qdisc add dev eth0 root tbf rate 1048576bps burst 32kb latency 200ms\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// TestTrialMapsGuide serves the map of the China Telecom trial as its own configuration
// says, to real announces: a MAN's requester is told of the MAN and then, as the draft
// admits, of those outside before those in the next MAN.
func TestTrialMapsGuide(t *testing.T) {
	t.Chdir(filepath.Join("..", ".."))
	text, err := os.ReadFile("bench/trial/chinatelecom/altracker.yaml")
	if err != nil {
		t.Fatal(err)
	}
	const man, next, outside = 1, 2, 12 // 127.0.<PID>.<n>
	for _, c := range []struct {
		policy    string
		requester int
		want      map[int]int // peers by PID
	}{
		{"xunlei-alto", man, map[int]int{man: 4, outside: 6}},
		{"xunlei-alto", outside, map[int]int{outside: 10}},
	} {
		t.Run(fmt.Sprint(c.policy, " ", c.requester), func(t *testing.T) {
			r := serve(t, string(text), "--policy", c.policy)
			await(t, "the maps are read", func() bool { return r.source(t).State == "ok" })
			for n := 1; n <= 12; n++ {
				if n <= 4 {
					r.announce(t, man, n, 1, 0)
					r.announce(t, next, n, 1, 0)
				}
				r.announce(t, outside, n, 1, 0)
			}
			got := r.announce(t, c.requester, 99, 1, 10)
			for pid, n := range c.want {
				if got[pid] != n {
					t.Errorf("peers by PID %v, want %v", got, c.want)
				}
			}
		})
	}
}

// TestTrialConfigurationsAreRight: each map has one that altracker serve takes.
func TestTrialConfigurationsAreRight(t *testing.T) {
	t.Chdir(filepath.Join("..", ".."))
	files, err := filepath.Glob("bench/trial/*/altracker.yaml")
	if err != nil || len(files) < 5 {
		t.Fatalf("configurations %v, %v", files, err)
	}
	for _, file := range files {
		var out, log output
		if code := run(environment{t.Context(), &out, &log}, []string{"check", "--config", file}); code != 0 {
			t.Errorf("%s: exit code %d: %s%s", file, code, &out, &log)
		}
	}
}

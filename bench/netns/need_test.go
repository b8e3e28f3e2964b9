package netns

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// Whoever lacks everything is told of all of it at once, and by what package it comes.
func TestWhatIsMissingIsNamed(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("network namespaces are Linux's")
	}
	t.Setenv("PATH", t.TempDir())
	err := Missing(t.Context(), []Program{Transmission, Aria2})
	missing := (*MissingError)(nil)
	if !errors.As(err, &missing) {
		t.Fatalf("error is %v", err)
	}
	for _, want := range []string{
		"ip: not installed: apt-get install iproute2", "tc: not installed: apt-get install iproute2", "nft: not installed: apt-get install nftables",
		"transmission-daemon: not installed: apt-get install transmission-daemon", "aria2c: not installed: apt-get install aria2",
	} {
		if !slices.Contains(missing.Needs, want) {
			t.Errorf("%q is not in %q", want, missing.Needs)
		}
	}
	if root := os.Geteuid() == 0; root == strings.Contains(err.Error(), "root:") {
		t.Errorf("root: %v, but error is %v", root, err)
	}
	if _, err := Open(t.Context(), Config{}); !errors.As(err, new(*MissingError)) {
		t.Errorf("opened all the same: %v", err)
	}
}

func TestNamespacesTellWhoseTheyAre(t *testing.T) {
	for _, c := range []struct {
		name string
		pid  int
		ours bool
	}{
		{prefix() + "hub", os.Getpid(), true},
		{"altbench-12-3", 12, true},
		{"altbench-hub", 0, false},
		{"altbench-12", 0, false},
		{"altracker12-hub", 0, false},
	} {
		if pid, ours := owner(c.name); ours != c.ours || ours && pid != c.pid {
			t.Errorf("%s: %d, %v", c.name, pid, ours)
		}
	}
	if !alive(os.Getpid()) || alive(1<<30) {
		t.Error("whoever is alive is not told from others")
	}
	for _, c := range []struct {
		left LeftoverError
		want string
	}{
		{LeftoverError{[]string{"altbench-1-1", "altbench-1-hub"}, []string{"/tmp/altbench-1-9"}},
			"altbench-1-1 and 2 more; to remove them:\n  for s in altbench-1-1 altbench-1-hub; do ip netns del $s; done\n  rm -r /tmp/altbench-1-9"},
		{LeftoverError{nil, []string{"/tmp/altbench-1-9"}}, "/tmp/altbench-1-9; to remove them:\n  rm -r /tmp/altbench-1-9"},
	} {
		if got := c.left.Error(); !strings.HasSuffix(got, c.want) {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
	t.Setenv("TMPDIR", t.TempDir())
	for _, name := range []string{"altbench-1073741824-7", prefix() + "7", "other"} {
		if err := os.Mkdir(filepath.Join(os.TempDir(), name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if got := abandoned(os.TempDir()); !slices.Equal(got, []string{"altbench-1073741824-7"}) {
		t.Errorf("abandoned: %q", got)
	}
}

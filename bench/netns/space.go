package netns

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// space is a network namespace, by the name that ip has for it.
type space string

// folder is where ip keeps namespaces.
const folder = "/run/netns"

// Names of all namespaces tell whose they are: altbench-<process>-<what>.
const family = "altbench-"

func prefix() string { return fmt.Sprintf("%s%d-", family, os.Getpid()) }

func (s space) add(ctx context.Context) error {
	return command(ctx, "", "ip", "netns", "add", string(s))
}

func (s space) remove(ctx context.Context) error {
	return command(ctx, "", "ip", "netns", "del", string(s))
}

// set has ip do a number of things in the namespace, a line each.
func (s space) set(ctx context.Context, lines string) error {
	return command(ctx, lines, "ip", "-n", string(s), "-batch", "-")
}

// dial connects from the namespace.
func (s space) dial(ctx context.Context, network, address string) (conn net.Conn, err error) {
	err = s.within(func() error {
		conn, err = new(net.Dialer).DialContext(ctx, network, address)
		return err
	})
	return conn, err
}

// listen listens in the namespace; what it accepts is of there, too.
func (s space) listen(address string) (l net.Listener, err error) {
	err = s.within(func() error {
		l, err = net.Listen("tcp4", address)
		return err
	})
	return l, err
}

// LeftoverError is namespaces of a process that is not there any more.
type LeftoverError struct{ Spaces []string }

func (e *LeftoverError) Error() string {
	return fmt.Sprintf("an earlier run was cut off and has left network namespaces behind: %s; to remove them:\n  for s in %s; do ip netns del $s; done",
		e.Spaces[0]+more(len(e.Spaces)-1), strings.Join(e.Spaces, " "))
}

func more(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" and %d more", n)
}

// leftovers is a [LeftoverError] if there are any.
func leftovers() error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil // there have never been namespaces
	}
	var names []string
	for _, e := range entries {
		if owner, ours := owner(e.Name()); ours && !alive(owner) {
			names = append(names, e.Name())
		}
	}
	if names == nil {
		return nil
	}
	slices.Sort(names)
	return &LeftoverError{names}
}

// owner returns the process that made a namespace, if its name is of this family.
func owner(name string) (pid int, ours bool) {
	rest, ok := strings.CutPrefix(name, family)
	number, _, parted := strings.Cut(rest, "-")
	pid, err := strconv.Atoi(number)
	return pid, ok && parted && err == nil
}

func alive(pid int) bool {
	_, err := os.Stat(filepath.Join("/proc", strconv.Itoa(pid)))
	return err == nil
}

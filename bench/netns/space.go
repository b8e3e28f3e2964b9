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

// LeftoverError is namespaces and folders of processes that are not there any more.
type LeftoverError struct{ Spaces, Folders []string }

func (e *LeftoverError) Error() string {
	all := slices.Concat(e.Spaces, e.Folders)
	first, rest := all[0], ""
	if len(all) > 1 {
		rest = fmt.Sprintf(" and %d more", len(all)-1)
	}
	text := fmt.Sprintf("an earlier run was cut off and has left things behind: %s%s; to remove them:", first, rest)
	if e.Spaces != nil {
		text += "\n  for s in " + strings.Join(e.Spaces, " ") + "; do ip netns del $s; done"
	}
	if e.Folders != nil {
		text += "\n  rm -r " + strings.Join(e.Folders, " ")
	}
	return text
}

// leftovers is a [LeftoverError] if there are any.
func leftovers() error {
	spaces, folders := abandoned(folder), abandoned(os.TempDir())
	if spaces == nil && folders == nil {
		return nil
	}
	for i, name := range folders {
		folders[i] = filepath.Join(os.TempDir(), name)
	}
	return &LeftoverError{spaces, folders}
}

// abandoned lists what is in a folder whose owner is not there any more.
func abandoned(folder string) (names []string) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil // there has never been anything
	}
	for _, e := range entries { // in the order of their names
		if owner, ours := owner(e.Name()); ours && !alive(owner) {
			names = append(names, e.Name())
		}
	}
	return names
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

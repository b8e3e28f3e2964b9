package accessdomain

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"
)

// file is a file that a DHCP client, or somebody else, keeps.
type file struct {
	text          []byte
	modified, now time.Time
}

// place is where to look for files of one form.
type place struct {
	pattern string // of fs.Glob
	parse   func(file) ([]Name, error)
}

// places returns where the clients of Linux systems keep what they have learnt.
func places() []place {
	return []place{
		{"run/systemd/netif/leases/*", parseNetworkd},
		{"var/lib/dhcpcd/*.lease", parseDhcpcd},
		{"var/lib/dhcpcd/*.lease6", parseDhcpcd6},
		{"var/db/dhcpcd/*.lease", parseDhcpcd},
		{"var/db/dhcpcd/*.lease6", parseDhcpcd6},
		{"var/lib/dhcp/dhclient*.leases", parseDhclient},
		{"var/lib/dhclient/dhclient*.lease*", parseDhclient},
		{"var/lib/NetworkManager/dhclient*.lease", parseDhclient},
		{"run/systemd/netif/links/*", parseNetworkd},
		{"etc/resolv.conf", parseResolvConf},
		{"run/systemd/resolve/resolv.conf", parseResolvConf},
	}
}

// Bounds on what is read. A database of dhclient grows by some hundred bytes with
// each renewal and is cut when dhclient starts.
const (
	maxFile  = 4 << 20
	maxFiles = 64 // of one place
)

// Read returns the names that the DHCP clients of a host have kept, the best first.
// Its file system is root; leases that are over by now do not count. The error tells
// which files could not be read or make no sense; there may be names all the same.
func Read(root fs.FS, now time.Time) ([]Name, error) {
	var names []Name
	var errs []error
	for _, p := range places() {
		paths, err := fs.Glob(root, p.pattern)
		if err != nil {
			errs = append(errs, err)
		}
		for _, path := range paths[:min(len(paths), maxFiles)] {
			found, err := readFile(root, path, now, p.parse)
			if err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", path, err))
			}
			for _, n := range found {
				n.From = path
				names = append(names, n)
			}
		}
	}
	return choose(names), errors.Join(errs...)
}

// trace is what a file that has changed does not leave as it was.
type trace struct {
	path     string
	size     int64
	modified time.Time
}

// traces returns those of all files that Read would read.
func traces(root fs.FS) []trace {
	var list []trace
	for _, p := range places() {
		paths, _ := fs.Glob(root, p.pattern) // Read tells of errors
		for _, path := range paths[:min(len(paths), maxFiles)] {
			if info, err := fs.Stat(root, path); err == nil {
				list = append(list, trace{path, info.Size(), info.ModTime().UTC()})
			}
		}
	}
	return list
}

func readFile(root fs.FS, path string, now time.Time, parse func(file) ([]Name, error)) ([]Name, error) {
	info, err := fs.Stat(root, path)
	switch {
	case errors.Is(err, fs.ErrNotExist): // gone meanwhile, or a link to nowhere
		return nil, nil
	case err != nil:
		return nil, withoutPath(err)
	case !info.Mode().IsRegular(): // to open a pipe would wait for its writer
		return nil, nil
	}
	opened, err := root.Open(path)
	if err != nil {
		return nil, withoutPath(err)
	}
	defer func() { _ = opened.Close() }() // it was only read
	text, err := io.ReadAll(io.LimitReader(opened, maxFile+1))
	switch {
	case err != nil:
		return nil, withoutPath(err)
	case len(text) > maxFile:
		return nil, fmt.Errorf("more than %d bytes", maxFile)
	}
	return parse(file{text: text, modified: info.ModTime(), now: now})
}

func withoutPath(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

package netns

import (
	"fmt"
	"slices"
	"strings"
)

// Program is a kind of BitTorrent client.
type Program uint8

// The programs, as Debian packages them.
const (
	Transmission Program = iota + 1
	Aria2
	Libtorrent // by way of Python
)

// Programs returns all of them.
func Programs() []Program { return []Program{Transmission, Aria2, Libtorrent} }

func (p Program) String() string {
	switch p {
	case Transmission:
		return "transmission"
	case Aria2:
		return "aria2"
	case Libtorrent:
		return "libtorrent"
	}
	return fmt.Sprintf("Program(%d)", uint8(p))
}

// ParsePrograms reads names that commas part.
func ParsePrograms(text string) (list []Program, err error) {
	for name := range strings.SplitSeq(text, ",") {
		i := slices.IndexFunc(Programs(), func(p Program) bool { return p.String() == strings.TrimSpace(name) })
		if i < 0 {
			return nil, fmt.Errorf("client %q: want some of %s, parted by commas", name, Names(Programs()))
		}
		if p := Programs()[i]; !slices.Contains(list, p) {
			list = append(list, p)
		}
	}
	return list, nil
}

// Names returns what ParsePrograms reads.
func Names(list []Program) string {
	var names []string
	for _, p := range list {
		names = append(names, p.String())
	}
	return strings.Join(names, ",")
}

package mapbuild

import (
	"fmt"
	"iter"
	"net/netip"

	"github.com/altracker/altracker/altoclient/prefixmap"
)

// A draft is a map that is being made. PIDs are numbered from 1 as they come.
type draft struct {
	names   []string // by PID; names[0] is empty
	entries []prefixmap.Entry
	holders map[netip.Prefix]holder
	before  int // prefixes before anything was merged
	costs   costs
	notes   []string
}

// holder is the PID of a prefix, and where that was said; empty if that is not of
// interest.
type holder struct {
	pid   uint32
	place string
}

// costs fills a row of the cost matrix: row[dst] becomes the cost from src to dst.
// row[0] is of no PID and left alone.
type costs func(src uint32, row []float32)

func newDraft() *draft {
	return &draft{names: []string{""}, holders: make(map[netip.Prefix]holder)}
}

// pid adds a PID.
func (d *draft) pid(name string) uint32 {
	d.names = append(d.names, name)
	return uint32(len(d.names) - 1)
}

func (d *draft) pids() int { return len(d.names) - 1 }

// add puts a prefix into a PID. A prefix is in one PID only (RFC 7285 section
// 11.2.2): the error names the place at which it was given to another before. To
// give it to the same one again changes nothing.
func (d *draft) add(prefix netip.Prefix, pid uint32, place string) error {
	switch have, ok := d.holders[prefix]; {
	case !ok:
		d.holders[prefix] = holder{pid, place}
		d.entries = append(d.entries, prefixmap.Entry{Prefix: prefix, Value: pid})
		return nil
	case have.pid == pid:
		return nil
	case have.place != "":
		return fmt.Errorf("%v is in PID %s already (%s)", prefix, d.names[have.pid], have.place)
	default:
		return fmt.Errorf("%v is in PID %s already", prefix, d.names[have.pid])
	}
}

// everything is the prefixes that hold all addresses.
var everything = [2]netip.Prefix{netip.PrefixFrom(netip.IPv4Unspecified(), 0), netip.PrefixFrom(netip.IPv6Unspecified(), 0)}

// complete gives the addresses that are in no PID to one called name, which is
// made if there are any. It returns 0 if there are none.
func (d *draft) complete(name string) (pid uint32) {
	for _, all := range everything {
		if _, held := d.holders[all]; held {
			continue
		}
		if pid == 0 {
			pid = d.pid(name)
		}
		_ = d.add(all, pid, "") // nobody holds it
	}
	return pid
}

// isDefault tells whether a PID holds all addresses of a family that no other has.
func (d *draft) isDefault(pid uint32) bool {
	return d.holders[everything[0]].pid == pid || d.holders[everything[1]].pid == pid
}

// rows yields the cost matrix; a row is valid until the next.
func (d *draft) rows() iter.Seq2[uint32, []float32] {
	return func(yield func(uint32, []float32) bool) {
		row := make([]float32, len(d.names))
		for src := uint32(1); src < uint32(len(d.names)); src++ {
			d.costs(src, row)
			if !yield(src, row) {
				return
			}
		}
	}
}

func (d *draft) note(format string, args ...any) {
	d.notes = append(d.notes, fmt.Sprintf(format, args...))
}

package altoclient

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/gaissmai/bart"
)

// NetworkMapBuilder collects a [NetworkMap]. The zero value is ready to use.
type NetworkMapBuilder struct {
	names  []string
	number map[string]uint32
	table  *bart.Table[uint32]
	masked int
}

// PID returns the number of the PID called name, a new one if need be. It fails
// if the name breaks RFC 7285 section 10.1.
func (b *NetworkMapBuilder) PID(name string) (uint32, error) {
	if pid, ok := b.number[name]; ok {
		return pid, nil
	}
	if err := checkName(name); err != nil {
		return 0, err
	}
	b.init()
	pid := uint32(len(b.names))
	b.names = append(b.names, name)
	b.number[name] = pid
	return pid, nil
}

// Add puts prefix into pid, which [NetworkMapBuilder.PID] has returned. Bits
// beyond the prefix length are cut off. It fails if another PID holds the very
// same prefix (RFC 7285 section 11.2.2); nesting is normal.
func (b *NetworkMapBuilder) Add(pid uint32, prefix netip.Prefix) error {
	if !prefix.IsValid() {
		return fmt.Errorf("invalid prefix %v", prefix)
	}
	if pid == 0 || int(pid) >= len(b.names) {
		return fmt.Errorf("prefix %v: there is no PID number %d", prefix, pid)
	}
	if prefix != prefix.Masked() {
		b.masked++
		prefix = prefix.Masked()
	}
	var err error
	b.table.Modify(prefix, func(holder uint32, held bool) (uint32, bool) {
		if held && holder != pid {
			err = fmt.Errorf("prefix %v is in PID %s too", prefix, b.names[holder])
			return holder, false
		}
		return pid, false
	})
	return err
}

// Build returns the map. The builder must not be used after it.
func (b *NetworkMapBuilder) Build(vtag VersionTag) *NetworkMap {
	b.init()
	m := &NetworkMap{vtag: vtag, names: b.names, table: b.table, masked: b.masked}
	for _, everywhere := range []netip.Prefix{
		netip.PrefixFrom(netip.IPv4Unspecified(), 0),
		netip.PrefixFrom(netip.IPv6Unspecified(), 0),
	} {
		if pid, ok := m.table.Get(everywhere); ok && !slices.Contains(m.defaults, pid) {
			m.defaults = append(m.defaults, pid)
		}
	}
	slices.Sort(m.defaults)
	return m
}

func (b *NetworkMapBuilder) init() {
	if b.table == nil {
		b.names = []string{""}
		b.number = make(map[string]uint32)
		b.table = new(bart.Table[uint32])
	}
}

// parsePrefix reads an address block as maps have it (RFC 7285 section 10.4.4): in
// CIDR notation, without a type.
func parsePrefix(text string, v4 bool) (netip.Prefix, error) {
	prefix, err := netip.ParsePrefix(text)
	if err == nil && prefix.Addr().Is4() != v4 {
		err = fmt.Errorf("prefix %v is of the other address family", prefix)
	}
	return prefix, err
}

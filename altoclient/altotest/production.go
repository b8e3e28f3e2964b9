package altotest

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strconv"
)

// Production makes a network map and a cost map of any size, the same ones each
// time. [LargeProvider] is of the size of a large provider.
type Production struct {
	PIDs     int
	Prefixes int // of four lengths, spread over the address space, one in ten of IPv6
	Homes    int // PIDs that have a row in the cost map

	// Version is the tag of the network map. From one to the next, a hundredth of
	// the prefixes move and all costs change a little; from one Revision to the next
	// the costs alone do.
	Version, Revision int
}

// LargeProvider has 1,700 PIDs, 250,000 prefixes and 1.3 million pairs, which is
// what is reported from the field: about half of the pairs are there.
func LargeProvider(version, revision int) Production {
	return Production{PIDs: 1700, Prefixes: 250_000, Homes: 765, Version: version, Revision: revision}
}

// Documents returns the maps as a server sends them.
func (p Production) Documents() (networkMap, costMap []byte) {
	random := rand.New(rand.NewPCG(1, 2))
	networkMap = p.network(random)
	return networkMap, p.costs(random)
}

func (p Production) name(i int) string { return fmt.Sprintf("pid-%05d.region-%02d", i, i%40) }

func (p Production) network(random *rand.Rand) []byte {
	held := make([][2][]byte, p.PIDs)
	add := func(pid, family int, prefix netip.Prefix) {
		b := held[pid][family]
		if len(b) > 0 {
			b = append(b, ',')
		}
		held[pid][family] = append(prefix.AppendTo(append(b, '"')), '"')
	}
	step := (223 << 24) / uint32(p.Prefixes)
	for i := range p.Prefixes {
		pid := random.IntN(p.PIDs)
		if i%100 == p.Version%100 {
			pid = (pid + p.Version) % p.PIDs
		}
		if i%10 == 0 {
			addr := netip.AddrFrom16([16]byte{0x20, 1, byte(i >> 24), byte(i >> 16), byte(i >> 8), byte(i)})
			add(pid, 1, netip.PrefixFrom(addr, 48))
			continue
		}
		n := 1<<24 + uint32(i)*step
		bits := 24 - random.IntN(3)
		if step < 1<<10 {
			bits = 26
		}
		addr := netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
		add(pid, 0, netip.PrefixFrom(addr, bits).Masked())
	}
	add(0, 0, netip.MustParsePrefix("0.0.0.0/0"))
	add(0, 1, netip.MustParsePrefix("::/0"))
	b := fmt.Appendf(nil, `{"meta":{"vtag":{"resource-id":"net","tag":"%d"}},"network-map":{`, p.Version)
	for i := range p.PIDs {
		if i > 0 {
			b = append(b, ',')
		}
		b = fmt.Appendf(b, `"%s":{"ipv4":[%s],"ipv6":[%s]}`, p.name(i), held[i][0], held[i][1])
	}
	return append(b, "}}"...)
}

func (p Production) costs(random *rand.Rand) []byte {
	names := make([]string, p.PIDs)
	for i := range names {
		names[i] = p.name(i)
	}
	b := fmt.Appendf(nil, `{"meta":{"dependent-vtags":[{"resource-id":"net","tag":"%d"}],`+
		`"cost-type":{"cost-mode":"numerical","cost-metric":"routingcost"}},"cost-map":{`, p.Version)
	for src := range p.Homes {
		if src > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, '"'), names[src]...), `":{`...)
		for dst := range p.PIDs {
			if dst > 0 {
				b = append(b, ',')
			}
			b = append(append(append(b, '"'), names[dst]...), `":`...)
			b = strconv.AppendFloat(b, float64(random.IntN(4000)+(p.Version+p.Revision)%100)/100, 'g', -1, 64)
		}
		b = append(b, '}')
	}
	return append(b, "}}"...)
}

package netns

import (
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
)

// table has nftables count what passes the bridge, by who sent it and who receives it.
// Packets without a payload are left out: 20 bytes of IP, 20 to 60 of TCP. What the
// tracker says and hears does not pass, it ends at the bridge.
const table = `table bridge altbench {
	set pairs {
		typeof ip saddr . ip daddr
		flags dynamic
		size 65535
		counter
	}
	chain forward {
		type filter hook forward priority 0; policy accept;
		ether type ip ip protocol tcp ip length > 80 update @pairs { ip saddr . ip daddr }
	}
}
`

// counts is bytes on the wire from an address to another, headers of IP and TCP included.
type counts map[[2]netip.Addr]int64

func (s space) count(ctx context.Context) (counts, error) {
	text, err := output(ctx, "", "ip", "netns", "exec", string(s), "nft", "-j", "list", "set", "bridge", "altbench", "pairs")
	if err != nil {
		return nil, err
	}
	return parseCounts(text)
}

// parseCounts reads what nft -j list set says.
func parseCounts(text []byte) (counts, error) {
	var listing struct {
		Nftables []struct {
			Set *struct {
				Elem []struct {
					Elem struct {
						Val struct {
							Concat []netip.Addr `json:"concat"`
						} `json:"val"`
						Counter *struct {
							Bytes int64 `json:"bytes"`
						} `json:"counter"`
					} `json:"elem"`
				} `json:"elem"`
			} `json:"set"`
		} `json:"nftables"`
	}
	if err := json.Unmarshal(text, &listing); err != nil {
		return nil, fmt.Errorf("what nft lists: %w", err)
	}
	all, sets := counts{}, 0
	for _, object := range listing.Nftables {
		if object.Set == nil {
			continue
		}
		sets++
		for i, e := range object.Set.Elem {
			pair := e.Elem.Val.Concat
			if len(pair) != 2 || e.Elem.Counter == nil {
				return nil, fmt.Errorf("what nft lists: element %d is no pair of addresses with a counter", i)
			}
			all[[2]netip.Addr{pair[0], pair[1]}] = e.Elem.Counter.Bytes
		}
	}
	if sets != 1 {
		return nil, fmt.Errorf("what nft lists: %d sets, want 1", sets)
	}
	return all, nil
}

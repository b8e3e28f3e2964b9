package mapbuild

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/altracker/altracker/altoclient/prefixmap"
)

// The files that are written.
const (
	NetworkMapFile = "networkmap.json"
	CostMapFile    = "costmap.json"
)

// MostPIDs bounds the cost map, which has the square of it in entries: 25 million
// take some 300 MB.
const MostPIDs = 5000

// documents returns a network map and a numerical routingcost map (RFC 7285
// sections 11.2.1 and 11.2.3), with one PID on a line, after merging prefixes. The tag
// of the network map is a hash of its content, and the cost map names it.
func (d *draft) documents(resourceID string) (network, cost []byte, tag string) {
	d.entries = prefixmap.Minimise(d.entries)
	content := d.appendNetworkMap(nil)
	hash := sha256.Sum256(content)
	tag = hex.EncodeToString(hash[:16])
	vtag := fmt.Sprintf(`{"resource-id":%q,"tag":%q}`, resourceID, tag)
	network = fmt.Appendf(network, "{\"meta\":{\"vtag\":%s},\n\"network-map\":%s}\n", vtag, content)
	cost = fmt.Appendf(cost, "{\"meta\":{\"dependent-vtags\":[%s],"+
		"\"cost-type\":{\"cost-mode\":\"numerical\",\"cost-metric\":\"routingcost\"}},\n\"cost-map\":", vtag)
	cost = append(d.appendCostMap(cost), "}\n"...)
	return network, cost, tag
}

const defaultResourceID = "networkmap"

// checkResourceID returns id, or the default if it is empty, if that obeys RFC
// 7285 section 10.2. The "." of that section is reserved for later use.
func checkResourceID(id string) (string, error) {
	id = cmp.Or(id, defaultResourceID)
	if !validName(id) {
		return "", fmt.Errorf("resource id %q: want 1 to 64 letters, digits, '-', ':', '@' or '_' (RFC 7285 section 10.2)", id)
	}
	return id, nil
}

// validName tells whether s may be the name of a PID or of a resource (RFC 7285
// sections 10.1 and 10.2).
func validName(s string) bool {
	for _, r := range s {
		letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
		if !letter && (r < '0' || r > '9') && !strings.ContainsRune("-:@_", r) {
			return false
		}
	}
	return len(s) > 0 && len(s) <= 64
}

func (d *draft) appendNetworkMap(b []byte) []byte {
	prefixes := make([][2][]netip.Prefix, len(d.names))
	for _, e := range d.entries {
		family := 0
		if e.Prefix.Addr().Is6() {
			family = 1
		}
		prefixes[e.Value][family] = append(prefixes[e.Value][family], e.Prefix)
	}
	b = append(b, '{')
	for pid := 1; pid < len(d.names); pid++ {
		b = appendName(b, d.names[pid], pid > 1)
		b = append(b, '{')
		for family, name := range []string{"ipv4", "ipv6"} {
			b = appendPrefixes(b, name, prefixes[pid][family])
		}
		b = append(b, '}')
	}
	return append(b, '}')
}

// appendPrefixes appends the prefixes of one family, if there are any.
func appendPrefixes(b []byte, name string, prefixes []netip.Prefix) []byte {
	if len(prefixes) == 0 {
		return b
	}
	if b[len(b)-1] != '{' {
		b = append(b, ',')
	}
	b = append(strconv.AppendQuote(b, name), ":["...)
	for i, p := range prefixes {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(p.AppendTo(append(b, '"')), '"')
	}
	return append(b, ']')
}

func (d *draft) appendCostMap(b []byte) []byte {
	b = append(b, '{')
	for src, row := range d.rows() {
		b = appendName(b, d.names[src], src > 1)
		b = append(b, '{')
		for dst := 1; dst < len(row); dst++ {
			if dst > 1 {
				b = append(b, ',')
			}
			b = append(strconv.AppendQuote(b, d.names[dst]), ':')
			b = strconv.AppendFloat(b, float64(row[dst]), 'f', -1, 32)
		}
		b = append(b, '}')
	}
	return append(b, '}')
}

// appendName begins a member of an object on a new line.
func appendName(b []byte, name string, another bool) []byte {
	if another {
		b = append(b, ',')
	}
	return append(strconv.AppendQuote(append(b, '\n'), name), ':')
}

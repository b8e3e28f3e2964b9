package asnmap

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// The files that WriteRFC7285 writes.
const (
	NetworkMapFile = "networkmap.json"
	CostMapFile    = "costmap.json"
)

// maxFilePIDs bounds the cost map, which has the square of it in entries: 25
// million take some 300 MB.
const maxFilePIDs = 5000

// WriteRFC7285 writes the map into the folder dir, which it creates if need be,
// as a network map and a numerical routingcost map (RFC 7285 sections 11.2.1 and
// 11.2.3). An empty resourceID stands for "networkmap". It returns the tag of
// the network map: a hash of its content, which the cost map names too.
//
// Each file is replaced in one step, so that a reader sees the old one or the
// new one; the tags tell whether two files belong together. A map of more than
// 5000 PIDs is refused: see Reduce.
func (m *Map) WriteRFC7285(dir, resourceID string) (tag string, err error) {
	if resourceID = cmp.Or(resourceID, "networkmap"); !validResourceID(resourceID) {
		return "", fmt.Errorf("resource id %q: want 1 to 64 letters, digits, '-', ':', '@' or '_' (RFC 7285 section 10.2)", resourceID)
	}
	if m.PIDs() > maxFilePIDs {
		return "", fmt.Errorf("the cost map of %d PIDs would be too large, at most %d are written", m.PIDs(), maxFilePIDs)
	}
	networkMap := m.appendNetworkMap(nil)
	hash := sha256.Sum256(networkMap)
	tag = hex.EncodeToString(hash[:16])
	vtag := fmt.Sprintf(`{"resource-id":%q,"tag":%q}`, resourceID, tag)

	var network, cost []byte
	network = fmt.Appendf(network, "{\"meta\":{\"vtag\":%s},\n\"network-map\":%s}\n", vtag, networkMap)
	cost = fmt.Appendf(cost, "{\"meta\":{\"dependent-vtags\":[%s],"+
		"\"cost-type\":{\"cost-mode\":\"numerical\",\"cost-metric\":\"routingcost\"}},\n\"cost-map\":", vtag)
	cost = append(m.appendCostMap(cost), "}\n"...)
	return tag, replaceFiles(dir, map[string][]byte{NetworkMapFile: network, CostMapFile: cost})
}

// validResourceID tells whether s obeys RFC 7285 section 10.2. The "." of that
// section is reserved for later use.
func validResourceID(s string) bool {
	for _, r := range s {
		letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
		if !letter && (r < '0' || r > '9') && !strings.ContainsRune("-:@_", r) {
			return false
		}
	}
	return len(s) > 0 && len(s) <= 64
}

// appendNetworkMap appends the object of all PIDs, one on a line.
func (m *Map) appendNetworkMap(b []byte) []byte {
	prefixes := make([][2][]netip.Prefix, m.PIDs()+1)
	for p, pid := range m.Prefixes() {
		f, _ := numberOf(p.Addr())
		prefixes[pid][f] = append(prefixes[pid][f], p)
	}
	b = append(b, '{')
	for pid := uint32(1); pid <= m.defaultPID(); pid++ {
		b = appendName(b, m.Name(pid), pid > 1)
		b = append(b, '{')
		for f, name := range []string{"ipv4", "ipv6"} {
			b = appendPrefixes(b, name, prefixes[pid][f])
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

// appendCostMap appends the object of all rows, one on a line.
func (m *Map) appendCostMap(b []byte) []byte {
	b = append(b, '{')
	for src := uint32(1); src <= m.defaultPID(); src++ {
		b = appendName(b, m.Name(src), src > 1)
		b = append(b, '{')
		ends, costs, _ := m.Row(src, true)
		dst := uint32(1)
		for i, end := range ends {
			for ; dst < end; dst++ {
				if dst > 1 {
					b = append(b, ',')
				}
				b = append(strconv.AppendQuote(b, m.Name(dst)), ':')
				b = strconv.AppendFloat(b, float64(costs[i]), 'f', -1, 32)
			}
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

// replaceFiles writes all files beside their places before it moves the first.
func replaceFiles(dir string, files map[string][]byte) (err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	written := make(map[string]string)
	defer func() {
		for _, temporary := range written {
			err = errors.Join(err, os.Remove(temporary))
		}
	}()
	for name, data := range files {
		temporary, err := writeTemporary(dir, name, data)
		if err != nil {
			return err
		}
		written[name] = temporary
	}
	for name, temporary := range written {
		if err := os.Rename(temporary, filepath.Join(dir, name)); err != nil {
			return err
		}
		delete(written, name)
	}
	return nil
}

// writeTemporary writes data to a new file in dir and onto the disk.
func writeTemporary(dir, name string, data []byte) (file string, err error) {
	f, err := os.CreateTemp(dir, name+".*")
	if err != nil {
		return "", err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close())
	if err != nil {
		return "", errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), nil
}

package accessdomain

import (
	"bytes"
	"strings"

	"github.com/go-json-experiment/json"
)

// parseNetworkd reads what systemd-networkd writes for systemd-resolved and the
// like: the lease of a link or its state, lines of KEY=VALUE; or the lease of a
// newer version, JSON. It keeps no option of RFC 5986.
func parseNetworkd(f file) ([]Name, error) {
	if bytes.HasPrefix(bytes.TrimLeft(f.text, " \t\r\n"), []byte("{")) {
		return parseNetworkdJSON(f.text)
	}
	var names []Name
	for line := range strings.Lines(string(f.text)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		switch key {
		case "DOMAINNAME":
			names = appendNames(names, Domain, strings.Fields(value)...)
		case "DOMAIN_SEARCH_LIST", "DOMAINS":
			names = appendNames(names, Search, strings.Fields(value)...)
		}
	}
	return names, nil
}

func parseNetworkdJSON(text []byte) ([]Name, error) {
	var lease struct {
		Domain string   `json:"Domain_Name"`
		Search []string `json:"Domain_Search_List"`
	}
	if err := json.Unmarshal(text, &lease); err != nil {
		return nil, err
	}
	return appendNames(appendNames(nil, Domain, strings.Fields(lease.Domain)...), Search, lease.Search...), nil
}

package accessdomain

import "strings"

// parseResolvConf reads resolv.conf(5): of its domain and search lines the last
// one counts.
func parseResolvConf(f file) ([]Name, error) {
	var names []Name
	for line := range strings.Lines(string(f.text)) {
		fields := strings.Fields(line)
		if len(fields) > 1 && (fields[0] == "domain" || fields[0] == "search") {
			names = appendNames(nil, Search, fields[1:]...)
		}
	}
	return names, nil
}

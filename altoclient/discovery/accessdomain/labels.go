package accessdomain

import (
	"errors"
	"strings"
)

// parseLabels reads the one domain name of an option of RFC 5986: labels with
// their lengths (RFC 1035 section 3.1), not compressed. The name may lack the
// empty label at its end.
func parseLabels(b []byte) (string, error) {
	var labels []string
	for len(b) > 0 {
		n := int(b[0])
		b = b[1:]
		switch {
		case n == 0 && len(b) > 0:
			return "", errors.New("there is more after the domain name")
		case n == 0:
			return strings.Join(labels, "."), nil
		case n > 63:
			return "", errors.New("the domain name has a label of more than 63 bytes")
		case n > len(b):
			return "", errors.New("the domain name is cut short")
		}
		label := string(b[:n])
		if strings.Contains(label, ".") { // it would pass for two
			return "", errors.New("the domain name has a label with a dot in it")
		}
		labels = append(labels, label)
		b = b[n:]
	}
	if labels == nil {
		return "", errors.New("the domain name is empty")
	}
	return strings.Join(labels, "."), nil
}

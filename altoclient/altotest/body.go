package altotest

import (
	"bytes"
	"regexp"
)

var (
	tag  = regexp.MustCompile(`("tag"\s*:\s*)"[^"]*"`)
	cost = regexp.MustCompile(`(:\s*)[0-9.]+(\s*[,}])`)
	// The first PID of a map.
	firstPID = regexp.MustCompile(`("(?:network|cost)-map"\s*:\s*\{\s*)("[^"]+"\s*:\s*\{[^{}]*\})`)
	ipv4     = regexp.MustCompile(`("ipv4"\s*:\s*\[)`)
	mapStart = regexp.MustCompile(`("cost-map"\s*:\s*\{)`)
	// The member that matters.
	dataStart = regexp.MustCompile(`("(?:network-map|cost-map|resources)"\s*:)`)
	// What names the default network map of a directory.
	defaultMap = regexp.MustCompile(`("default-alto-network-map"\s*:\s*)"[^"]*"`)
)

// bodyFaults change the body of a good answer.
var bodyFaults = map[Fault]func([]byte) []byte{
	Truncated: func(b []byte) []byte { return b[:len(b)/2] },
	Corrupt: func(b []byte) []byte {
		// A quotation mark, since other bytes may be within a string.
		if i := bytes.IndexByte(b[len(b)/2:], '"'); i >= 0 {
			b[len(b)/2+i] = '\x01'
		}
		return b
	},
	SingleQuoted:    func(b []byte) []byte { return bytes.ReplaceAll(b, []byte(`"`), []byte(`'`)) },
	Empty:           func([]byte) []byte { return nil },
	Null:            func([]byte) []byte { return []byte("null") },
	Trailing:        func(b []byte) []byte { return append(b, b...) },
	SkewedTag:       func(b []byte) []byte { return tag.ReplaceAll(b, []byte(`$1"skewed"`)) },
	NullCosts:       func(b []byte) []byte { return replaceTwice(cost, b, `${1}null$2`) },
	StringCosts:     func(b []byte) []byte { return replaceTwice(cost, b, `$1"5"$2`) },
	NaNCosts:        func(b []byte) []byte { return replaceTwice(cost, b, `${1}NaN$2`) },
	NegativeCosts:   func(b []byte) []byte { return replaceTwice(cost, b, `${1}-3$2`) },
	HugeCosts:       func(b []byte) []byte { return replaceTwice(cost, b, `${1}1e400$2`) },
	DuplicatePIDs:   func(b []byte) []byte { return firstPID.ReplaceAll(b, []byte(`$1$2,$2`)) },
	ForeignPrefixes: func(b []byte) []byte { return ipv4.ReplaceAll(b, []byte(`${1}"203.0.113.0/24",`)) },
	WrongTypes:      func(b []byte) []byte { return dataStart.ReplaceAll(b, []byte(`${1}5,"was":`)) },
	NoDefault:       func(b []byte) []byte { return defaultMap.ReplaceAll(b, []byte(`$1"nowhere"`)) },
	Nested: func(b []byte) []byte {
		return firstPID.ReplaceAll(b, []byte(`$1"nested":{"ipv4":["203.0.113.0/25","203.0.113.0/24"]},$2`))
	},
	ForeignCosts: func(b []byte) []byte {
		return mapStart.ReplaceAll(b, []byte(`$1"nowhere":{"nowhere":1},`))
	},
}

// replaceTwice also finds the matches that share a comma with another.
func replaceTwice(re *regexp.Regexp, b []byte, with string) []byte {
	return re.ReplaceAll(re.ReplaceAll(b, []byte(with)), []byte(with))
}

package asgraph

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// ReadRelationships takes in a file of AS relationships as CAIDA publishes them
// (serial-1 and serial-2):
//
//	# a comment
//	1|2|-1          AS1 is a provider of AS2
//	1|3|0           AS1 and AS3 are peers
//	1|3|0|mlp       a fourth field, where it was learnt (serial-2), means nothing here
//
// Errors name the place as name:line. Two lines that contradict each other are one.
func (b *Builder) ReadRelationships(name string, r io.Reader) error {
	if err := EachRelationship(name, r, b.relationship); err != nil {
		return err
	}
	if !b.told {
		return fmt.Errorf("%s: there is no relationship in it", name)
	}
	return nil
}

// EachRelationship calls read for each line of such a file that is neither empty nor a
// comment, until it returns an error, to which it adds the place: name:line.
func EachRelationship(name string, r io.Reader, read func(line string) error) error {
	lines := bufio.NewScanner(r)
	n := 0
	for lines.Scan() {
		n++
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		if err := read(line); err != nil {
			return fmt.Errorf("%s:%d: %w", name, n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("%s:%d: %w", name, n+1, err)
	}
	return nil
}

var errRelationship = errors.New("want AS|AS|-1 (provider and customer) or AS|AS|0 (peers)")

func (b *Builder) relationship(line string) error {
	fields := strings.Split(line, "|")
	if len(fields) != 3 && len(fields) != 4 {
		return fmt.Errorf("%.80q: %w", line, errRelationship)
	}
	x, errX := strconv.ParseUint(fields[0], 10, 32)
	y, errY := strconv.ParseUint(fields[1], 10, 32)
	if errX != nil || errY != nil {
		return fmt.Errorf("%.80q: %w", line, errRelationship)
	}
	switch fields[2] {
	case "-1":
		return b.Transit(uint32(x), uint32(y))
	case "0":
		return b.Peering(uint32(x), uint32(y))
	default:
		return fmt.Errorf("%.80q: %w", line, errRelationship)
	}
}

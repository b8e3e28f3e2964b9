package asnmap

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strings"
)

// readCSV takes in a table of comma-separated values, one of three. Columns
// after these are not looked at, a line that starts with # is a comment, and an
// unknown AS or country may be empty, "-", 0 or ZZ.
//
//	start,end,asn        the AS of a range of addresses, end included
//	start,end,country    the country of such a range
//	asn,country          the country of an AS; this header must be there
//
// Errors name the place as name:line.
func (t *tables) readCSV(name string, r io.Reader) error {
	lines := csv.NewReader(r)
	lines.ReuseRecord = true
	lines.TrimLeadingSpace = true
	lines.Comment = '#'
	table := csvTable{into: t}
	for {
		record, err := lines.Read()
		if err == io.EOF {
			break
		}
		if bad := (*csv.ParseError)(nil); errors.As(err, &bad) {
			return fmt.Errorf("%s:%d: %w", name, bad.Line, bad.Err)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := table.take(record); err != nil {
			line, _ := lines.FieldPos(0)
			return fmt.Errorf("%s:%d: %w", name, line, err)
		}
	}
	if table.layout == unknownLayout {
		return fmt.Errorf("%s: the table is empty", name)
	}
	return nil
}

// A csvLayout tells what the columns of a table mean.
type csvLayout int

const (
	unknownLayout csvLayout = iota
	rangeLayout             // ranges, before the first that tells of what
	asnRanges
	countryRanges
	asnCountries
)

type csvTable struct {
	into   *tables
	layout csvLayout
}

// take reads one line; the first decides about the layout.
func (c *csvTable) take(record []string) error {
	if c.layout == unknownLayout {
		switch header := strings.ToLower(strings.Join(record, ",")); {
		case strings.HasPrefix(header, "asn,country"):
			c.layout = asnCountries
			return nil
		case strings.HasPrefix(header, "start,end,"):
			c.layout = rangeLayout
			return nil
		}
		c.layout = rangeLayout
	}
	if c.layout == asnCountries {
		return c.takeOrigin(record)
	}
	return c.takeRange(record)
}

func (c *csvTable) takeOrigin(record []string) error {
	asn, err := parseASN(record[0])
	if err != nil {
		return err
	}
	code, err := parseCountry(record[1])
	if err != nil {
		return err
	}
	c.into.addOrigin(asn, code)
	return nil
}

func (c *csvTable) takeRange(record []string) error {
	if len(record) < 3 {
		return errors.New("want start,end,asn or start,end,country or, under that header, asn,country")
	}
	f, first, last, err := parseRange(record[0], record[1])
	if err != nil {
		return err
	}
	value := record[2]
	if c.layout == rangeLayout && value != "" && value != "-" {
		c.layout = countryRanges
		if digit := value[len(value)-1]; '0' <= digit && digit <= '9' {
			c.layout = asnRanges
		}
	}
	switch c.layout {
	case asnRanges:
		asn, err := parseASN(value)
		if err != nil {
			return err
		}
		c.into.addASN(f, first, last, asn)
	case countryRanges:
		code, err := parseCountry(value)
		if err != nil {
			return err
		}
		c.into.addCountry(f, first, last, code)
	}
	return nil
}

// parseRange reads the first and the last address of a range.
func parseRange(start, end string) (f family, first, last number, err error) {
	from, err := netip.ParseAddr(start)
	if err != nil {
		return 0, first, last, fmt.Errorf("start: %w", err)
	}
	to, err := netip.ParseAddr(end)
	if err != nil {
		return 0, first, last, fmt.Errorf("end: %w", err)
	}
	if from.Zone() != "" || to.Zone() != "" {
		return 0, first, last, fmt.Errorf("range %s to %s: an address has a zone", start, end)
	}
	f, first = numberOf(from.Unmap())
	g, last := numberOf(to.Unmap())
	if f != g || last.compare(first) < 0 {
		return 0, first, last, fmt.Errorf("range %s to %s: the end does not follow the start", start, end)
	}
	return f, first, last, nil
}

package mrt_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/altracker/altracker/altoclient/mrt"
	"github.com/altracker/altracker/altoclient/mrt/mrttest"
)

const sample = `
192.0.2.0/24     64500       64500 64501 64501 64501
192.0.2.0/24     4200000001  4200000001 64510 64501
198.51.100.0/23  64500       64500 64510 {64520,64521}
198.51.100.0/23  64530       64530 {64520}
0.0.0.0/0        64500       64500
2001:db8::/32    4200000001  4200000001 (65001,65002) 64540
203.0.113.0/24   64530       -
`

func dump(t testing.TB, text string) []byte {
	t.Helper()
	b, err := mrttest.Dump(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// describe reads a whole dump and puts it as text: prefix, then of each route the
// peer, the origin and the links.
func describe(r *mrt.Reader) (string, error) {
	var b strings.Builder
	for {
		rib, err := r.Next()
		if err == io.EOF {
			return b.String(), nil
		}
		if err != nil {
			return b.String(), err
		}
		fmt.Fprint(&b, rib.Prefix)
		for _, e := range rib.Entries {
			fmt.Fprintf(&b, "; %d from %d", e.Path.Origin(e.Peer.AS), e.Peer.AS)
			for x, y := range e.Path.Links() {
				fmt.Fprintf(&b, " %d-%d", x, y)
			}
		}
		fmt.Fprintln(&b)
	}
}

func TestRoutesAreReadAsWritten(t *testing.T) {
	const want = `192.0.2.0/24; 64501 from 64500 64500-64501; 64501 from 4200000001 4200000001-64510 64510-64501
198.51.100.0/23; 64510 from 64500 64500-64510; 64520 from 64530 64530-64520
0.0.0.0/0; 64500 from 64500
2001:db8::/32; 64540 from 4200000001 4200000001-64540
203.0.113.0/24; 64530 from 64530
`
	for name, write := range map[string]func(string) ([]byte, error){"plain": mrttest.Dump, "additional paths": mrttest.DumpAddPath} {
		data, err := write(sample)
		if err != nil {
			t.Fatal(err)
		}
		if !mrt.Looks(data) {
			t.Errorf("%s: it does not look like a dump", name)
		}
		for way, r := range map[string]io.Reader{
			"at once": bytes.NewReader(data), "byte by byte": iotest.OneByteReader(bytes.NewReader(data)),
		} {
			reader := mrt.NewReader(r)
			got, err := describe(reader)
			if err != nil || got != want {
				t.Errorf("%s, %s:\n%s%v\nwant\n%s", name, way, got, err, want)
			}
			if peers := reader.Peers(); len(peers) != 3 || peers[2].AS != 64530 || !peers[2].Addr.Is6() || !peers[0].Addr.Is4() {
				t.Errorf("peers %v", peers)
			}
		}
	}
}

func TestPathsOfUnknownASesAreCut(t *testing.T) {
	for _, c := range []struct {
		path   string
		origin uint32
		links  string
	}{
		{"1 2 3", 3, "1-2 2-3"},
		{"1 1 1 2 2", 2, "1-2"},
		{"1 23456 3", 3, ""},
		{"1 2 23456", 0, "1-2"},
		{"1 0 3", 3, ""},
		{"1 {2,3} 4 5", 5, "4-5"},
		{"1 2 {3,4}", 2, "1-2"},
		{"1 2 {3}", 3, "1-2 2-3"},
		{"{3,4}", 9, ""},
		{"(7,8) 2", 2, ""},
		{"1 (7,8) 2", 2, "1-2"},
		{"-", 9, ""},
	} {
		rib, err := mrt.NewReader(bytes.NewReader(dump(t, "10.0.0.0/8 9 "+c.path))).Next()
		if err != nil {
			t.Fatal(err)
		}
		path := rib.Entries[0].Path
		var links []string
		for a, b := range path.Links() {
			links = append(links, fmt.Sprintf("%d-%d", a, b))
		}
		if got := path.Origin(9); got != c.origin || strings.Join(links, " ") != c.links {
			t.Errorf("%s: origin %d, links %v; want %d, %s", c.path, got, links, c.origin, c.links)
		}
	}
}

func TestOtherRecordsAreSkipped(t *testing.T) {
	data := dump(t, "10.0.0.0/8 1 1 2")
	other := make([]byte, 12+3)
	other[5], other[11] = 16, 3 // BGP4MP
	data = slices.Concat(other, data, other)
	r := mrt.NewReader(bytes.NewReader(data))
	if got, err := describe(r); err != nil || got != "10.0.0.0/8; 2 from 1 1-2\n" || r.Skipped() != 2 {
		t.Errorf("%q, %v, %d skipped", got, err, r.Skipped())
	}
}

func TestDamageIsNamedWithItsPlace(t *testing.T) {
	good := dump(t, "10.0.0.0/8 1 1 2\n11.0.0.0/8 1 1 3\n")
	second := 12 + int(binary.BigEndian.Uint32(good[8:]))
	change := func(at int, value ...byte) []byte {
		b := slices.Clone(good)
		copy(b[at:], value)
		return b
	}
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"cut in a header":   {good[:second+5], fmt.Sprintf("record 2 at byte %d: the file ends inside it", second)},
		"cut in a body":     {good[:len(good)-1], "record 3 at byte"},
		"no peers":          {good[second:], "record 1 at byte 0: routes come before the table of peers"},
		"peer out of range": {change(second+12+4+1+1+2, 0, 7), "10.0.0.0/8: entry 0 of 1: peer 7: there are 1"},
		"long prefix":       {change(second+12+4, 33), "prefix of 33 bits, at most 32"},
		"too many entries":  {change(second+12+6, 0, 2), "10.0.0.0/8: entry 1 of 2: it ends too early"},
		"too few entries":   {change(second+12+6, 0, 0), "10.0.0.0/8: 33 bytes are left over"},
		"huge record":       {change(second+8, 0xff), "record 2 at byte 35: it claims"},
		"long attribute":    {change(second+12+22, 0xff), "attribute 2: it ends too early"},
		"peers cut":         {change(12+4+2+4, 0, 9), "table of peers: peer 1 of 9: it ends too early"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := describe(mrt.NewReader(bytes.NewReader(c.data)))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want ...%s...", err, c.want)
			}
		})
	}
	failing := errors.New("the disk is gone")
	if _, err := describe(mrt.NewReader(io.MultiReader(bytes.NewReader(good), iotest.ErrReader(failing)))); !errors.Is(err, failing) {
		t.Errorf("error %v, want that of the reader", err)
	}
}

func TestReadingMakesNoGarbage(t *testing.T) {
	var text strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&text, "10.%d.%d.0/24 1 1 2 %d\n", i/256, i%256, i+3)
	}
	data := dump(t, text.String())
	allocations := testing.AllocsPerRun(5, func() {
		if _, err := drain(data); err != nil {
			t.Fatal(err)
		}
	})
	if allocations > 50 {
		t.Errorf("%v allocations for 1000 prefixes", allocations)
	}
}

func drain(data []byte) (n int, err error) {
	r := mrt.NewReader(bytes.NewReader(data))
	for {
		if _, err := r.Next(); err == io.EOF {
			return n, nil
		} else if err != nil {
			return n, err
		}
		n++
	}
}

func FuzzReader(f *testing.F) {
	good := dump(f, sample)
	f.Add(good)
	f.Add(good[:len(good)-3])
	f.Add([]byte{})
	if withPaths, err := mrttest.DumpAddPath("10.0.0.0/8 1 1 2 {3,4}\n10.0.0.0/8 1 1 5\n"); err == nil {
		f.Add(withPaths)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r := mrt.NewReader(bytes.NewReader(data))
		for {
			rib, err := r.Next()
			if err != nil {
				return
			}
			if rib.Prefix != rib.Prefix.Masked() || !rib.Prefix.IsValid() {
				t.Fatalf("prefix %v", rib.Prefix)
			}
			for _, e := range rib.Entries {
				_ = e.Path.Origin(e.Peer.AS)
				for a, b := range e.Path.Links() {
					if a == b || a == 0 || b == 0 {
						t.Fatalf("link %d-%d in %v", a, b, e.Path)
					}
				}
			}
		}
	})
}

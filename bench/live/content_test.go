package live

import (
	"bytes"
	"testing"
)

func TestContentFollowsTheSeed(t *testing.T) {
	build := func(seed uint64, public bool) content {
		c, err := newContent(Scenario{FileBytes: 100_000, PieceBytes: 32 << 10, Seed: seed, Public: public})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	a, again, b, public := build(1, false), build(1, false), build(2, false), build(1, true)
	if !bytes.Equal(a.data, again.data) || a.meta.HashInfoBytes() != again.meta.HashInfoBytes() {
		t.Error("the same seed makes other content")
	}
	if bytes.Equal(a.data, b.data) || a.meta.HashInfoBytes() == b.meta.HashInfoBytes() {
		t.Error("another seed makes the same content")
	}
	if a.meta.HashInfoBytes() == public.meta.HashInfoBytes() {
		t.Error("a public torrent has the info hash of the private one")
	}
	for c, private := range map[*content]bool{&a: true, &public: false} {
		info, err := c.meta.UnmarshalInfo()
		if err != nil {
			t.Fatal(err)
		}
		if have := info.Private != nil && *info.Private; have != private || info.NumPieces() != 4 {
			t.Errorf("private is %v with %d pieces, want %v with 4", have, info.NumPieces(), private)
		}
	}
}

package live

import (
	"bytes"
	"testing"
)

func TestContentFollowsTheSeed(t *testing.T) {
	build := func(seed uint64, public bool) Content {
		c, err := NewContent(Scenario{FileBytes: 100_000, PieceBytes: 32 << 10, Seed: seed, Public: public})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	a, again, b, public := build(1, false), build(1, false), build(2, false), build(1, true)
	if !bytes.Equal(a.Data, again.Data) || a.Meta.HashInfoBytes() != again.Meta.HashInfoBytes() {
		t.Error("the same seed makes other content")
	}
	if bytes.Equal(a.Data, b.Data) || a.Meta.HashInfoBytes() == b.Meta.HashInfoBytes() {
		t.Error("another seed makes the same content")
	}
	if a.Meta.HashInfoBytes() == public.Meta.HashInfoBytes() {
		t.Error("a public torrent has the info hash of the private one")
	}
	for c, private := range map[*Content]bool{&a: true, &public: false} {
		info, err := c.Meta.UnmarshalInfo()
		if err != nil {
			t.Fatal(err)
		}
		if have := info.Private != nil && *info.Private; have != private || info.NumPieces() != 4 {
			t.Errorf("private is %v with %d pieces, want %v with 4", have, info.NumPieces(), private)
		}
	}
}

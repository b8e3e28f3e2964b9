package live

import (
	"bytes"
	"io"
	"testing"

	"github.com/anacrolix/torrent/metainfo"
	"github.com/anacrolix/torrent/storage"
)

func TestMemoryKeepsPiecesApart(t *testing.T) {
	c, err := NewContent(Scenario{FileBytes: 70_000, PieceBytes: 32 << 10})
	if err != nil {
		t.Fatal(err)
	}
	info, err := c.Meta.UnmarshalInfo()
	if err != nil {
		t.Fatal(err)
	}
	full, empty := newMemory(c, &info, true), newMemory(c, &info, false)
	if !full.holds(c.Data) || empty.holds(c.Data) {
		t.Fatal("full and empty stores are confused")
	}
	from, to := open(t, full, &info), open(t, empty, &info)
	for i := range info.NumPieces() {
		source, target := from(info.Piece(i)), to(info.Piece(i))
		if have := source.Completion(); have.Ok {
			t.Errorf("piece %d counts as verified: %+v", i, have)
		}
		if have := target.Completion(); !have.Ok || have.Complete {
			t.Errorf("missing piece %d: %+v", i, have)
		}
		buffer := make([]byte, info.Piece(i).Length())
		if n, err := source.ReadAt(buffer, 0); n != len(buffer) || err != nil {
			t.Fatalf("piece %d: read %d bytes, %v", i, n, err)
		}
		if n, err := target.WriteAt(buffer, 0); n != len(buffer) || err != nil {
			t.Fatalf("piece %d: wrote %d bytes, %v", i, n, err)
		}
		if err := target.MarkComplete(); err != nil || !target.Completion().Complete {
			t.Errorf("piece %d is not complete: %v", i, err)
		}
	}
	if !empty.holds(c.Data) {
		t.Error("the copy differs")
	}
	if full.data[0]++; bytes.Equal(full.data, c.Data) {
		t.Error("a full store shares the content with others")
	}
}

func TestMemoryStaysInsideAPiece(t *testing.T) {
	c, err := NewContent(Scenario{FileBytes: 70_000, PieceBytes: 32 << 10})
	if err != nil {
		t.Fatal(err)
	}
	info, err := c.Meta.UnmarshalInfo()
	if err != nil {
		t.Fatal(err)
	}
	piece := open(t, newMemory(c, &info, true), &info)(info.Piece(2)) // 4464 bytes
	buffer := make([]byte, 5000)
	if n, err := piece.ReadAt(buffer, 0); n != 4464 || err != io.EOF {
		t.Errorf("read %d bytes, %v; want 4464, EOF", n, err)
	}
	for _, off := range []int64{-1, 4464, 1 << 40} {
		if n, err := piece.ReadAt(buffer, off); n != 0 || err != io.EOF {
			t.Errorf("at %d: read %d bytes, %v; want none, EOF", off, n, err)
		}
	}
	for _, off := range []int64{-1, 0, 4464} {
		if n, err := piece.WriteAt(buffer, off); n != 0 || err == nil {
			t.Errorf("at %d: wrote %d bytes, %v; want none", off, n, err)
		}
	}
}

func open(t *testing.T, m *memory, info *metainfo.Info) func(metainfo.Piece) storage.PieceImpl {
	t.Helper()
	torrent, err := m.OpenTorrent(t.Context(), info, metainfo.Hash{})
	if err != nil {
		t.Fatal(err)
	}
	return torrent.Piece
}

package live

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"

	"github.com/anacrolix/torrent/bencode"
	"github.com/anacrolix/torrent/metainfo"
)

// chunkBytes is what clients ask each other for in one request.
const chunkBytes = 16 << 10

// Content is the file that everybody wants.
type Content struct {
	Data []byte
	Meta *metainfo.MetaInfo // without a tracker
}

// NewContent makes the file of a scenario that has been checked, from its seed.
func NewContent(s Scenario) (Content, error) {
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], s.Seed)
	data := make([]byte, s.FileBytes)
	_, _ = rand.NewChaCha8(key).Read(data) // never fails

	info := metainfo.Info{
		Name:        "content",
		Length:      s.FileBytes,
		PieceLength: s.PieceBytes,
	}
	if !s.Public {
		info.Private = new(true)
	}
	var err error
	if info.Pieces, err = metainfo.GeneratePieces(bytes.NewReader(data), s.PieceBytes, nil); err != nil {
		return Content{}, fmt.Errorf("hashing the content: %w", err)
	}
	encoded, err := bencode.Marshal(info)
	if err != nil {
		return Content{}, fmt.Errorf("info dictionary: %w", err)
	}
	return Content{data, &metainfo.MetaInfo{InfoBytes: encoded}}, nil
}

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

// content is the file that everybody wants.
type content struct {
	data []byte
	meta *metainfo.MetaInfo // without a tracker
}

func newContent(s Scenario) (content, error) {
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
		return content{}, fmt.Errorf("hashing the content: %w", err)
	}
	encoded, err := bencode.Marshal(info)
	if err != nil {
		return content{}, fmt.Errorf("info dictionary: %w", err)
	}
	return content{data, &metainfo.MetaInfo{InfoBytes: encoded}}, nil
}

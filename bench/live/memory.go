package live

import (
	"bytes"
	"context"
	"io"
	"sync"
	"time"

	"github.com/anacrolix/torrent/metainfo"
	"github.com/anacrolix/torrent/storage"
)

// memory stores one torrent, and which of its pieces are complete, for one
// client. It is a [storage.ClientImpl]. The library's own stores leave files and
// databases behind.
type memory struct {
	mu     sync.RWMutex
	data   []byte
	pieces []storage.Completion
	first  time.Time // when a piece was complete; zero: none was, or all were from the start
	full   bool      // from the start
}

// newMemory returns an empty store, or a full one, which the client has yet to
// verify.
func newMemory(c Content, info *metainfo.Info, full bool) *memory {
	m := &memory{pieces: make([]storage.Completion, info.NumPieces()), full: full}
	if full {
		m.data = bytes.Clone(c.Data)
		return m
	}
	m.data = make([]byte, len(c.Data))
	for i := range m.pieces {
		m.pieces[i].Ok = true // known to be missing: nothing to verify
	}
	return m
}

// holds tells whether the bytes are those of data.
func (m *memory) holds(data []byte) bool {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return bytes.Equal(m.data, data)
}

// began returns how long after start the first piece was there; 0: none was, or all were.
func (m *memory) began(start time.Time) time.Duration {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if m.first.IsZero() {
		return 0
	}
	return m.first.Sub(start)
}

// release gives the bytes back: the library may hold on to a client that is closed.
func (m *memory) release() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.data = nil
}

// OpenTorrent implements [storage.ClientImpl].
func (m *memory) OpenTorrent(context.Context, *metainfo.Info, metainfo.Hash) (storage.TorrentImpl, error) {
	return storage.TorrentImpl{
		Piece: func(p metainfo.Piece) storage.PieceImpl {
			return &memoryPiece{memory: m, index: p.Index(), start: p.Offset(), end: p.Offset() + p.Length()}
		},
		Close: func() error { return nil },
	}, nil
}

// memoryPiece is one piece of a memory.
type memoryPiece struct {
	*memory
	index      int
	start, end int64
}

// ReadAt implements [io.ReaderAt].
func (p *memoryPiece) ReadAt(b []byte, off int64) (int, error) {
	if off < 0 || off >= p.end-p.start {
		return 0, io.EOF
	}
	p.mu.RLock()
	defer p.mu.RUnlock()
	if p.data == nil {
		return 0, io.ErrClosedPipe
	}
	n := copy(b, p.data[p.start+off:p.end])
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

// WriteAt implements [io.WriterAt].
func (p *memoryPiece) WriteAt(b []byte, off int64) (int, error) {
	if off < 0 || off+int64(len(b)) > p.end-p.start {
		return 0, io.ErrShortWrite
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.data == nil {
		return 0, io.ErrClosedPipe
	}
	return copy(p.data[p.start+off:p.end], b), nil
}

// MarkComplete implements [storage.PieceImpl].
func (p *memoryPiece) MarkComplete() error { return p.mark(true) }

// MarkNotComplete implements [storage.PieceImpl].
func (p *memoryPiece) MarkNotComplete() error { return p.mark(false) }

func (p *memoryPiece) mark(complete bool) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pieces[p.index] = storage.Completion{Ok: true, Complete: complete}
	if complete && !p.full && p.first.IsZero() {
		p.first = time.Now()
	}
	return nil
}

// Completion implements [storage.PieceImpl].
func (p *memoryPiece) Completion() storage.Completion {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.pieces[p.index]
}

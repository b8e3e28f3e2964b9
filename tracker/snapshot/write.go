package snapshot

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/altracker/altracker/tracker/swarm"
)

// restPeers is how many peers are written at a stretch: some hundred microseconds' worth.
const restPeers = 1024

// WriteFile writes all swarms of s to a file, in place of an older one. It rests for so long
// after every thousand peers or so, so that announces find a processor free.
func WriteFile(path string, s *Store, now time.Time, rest time.Duration) (Summary, error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp")
	if err != nil {
		return Summary{}, fmt.Errorf("snapshot: %w", err)
	}
	defer os.Remove(f.Name()) // does nothing once the file is renamed
	sum, err := Write(f, s, now, rest)
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return sum, fmt.Errorf("snapshot %s: %w", path, err)
	}
	return sum, nil
}

// Write writes all swarms of s, and rests as WriteFile does.
func Write(w io.Writer, s *Store, now time.Time, rest time.Duration) (Summary, error) {
	hash := sha256.New()
	out := bufio.NewWriterSize(io.MultiWriter(w, hash), 1<<16)
	sum := Summary{Time: time.Unix(now.Unix(), 0)}
	b := binary.BigEndian.AppendUint64([]byte(magic), uint64(now.Unix()))
	if _, err := out.Write(b); err != nil {
		return sum, err
	}
	rested := 0 // after so many peers
	for c := range s.Copies(now.Unix()) {
		sum.Peers += len(c.Members)
		if rest > 0 && sum.Peers-rested >= restPeers {
			time.Sleep(rest)
			rested = sum.Peers
		}
		if _, err := out.Write(appendPiece(b[:0], c, now.Unix())); err != nil {
			return sum, err
		}
	}
	if _, err := out.Write(appendPiece(b[:0], &swarm.Copy{}, 0)); err != nil {
		return sum, err
	}
	if err := out.Flush(); err != nil {
		return sum, err
	}
	_, err := w.Write(hash.Sum(nil))
	return sum, err
}

func appendPiece(b []byte, c *swarm.Copy, now int64) []byte {
	b = append(b, c.InfoHash[:]...)
	b = binary.BigEndian.AppendUint32(b, c.Downloaded)
	b = binary.BigEndian.AppendUint32(b, uint32(len(c.Members)))
	for _, m := range c.Members {
		b = appendPeer(b, m, now)
	}
	return b
}

func appendPeer(b []byte, m swarm.Member, now int64) []byte {
	var flags byte
	if m.Seeder {
		flags |= flagSeeder
	}
	if m.Addr.Addr().Is6() {
		flags |= flagIPv6
	}
	b = append(b, flags)
	b = binary.BigEndian.AppendUint32(b, uint32(max(now-m.Seen, 0)))
	if addr := m.Addr.Addr(); addr.Is4() {
		a4 := addr.As4()
		b = append(b, a4[:]...)
	} else {
		a16 := addr.As16()
		b = append(b, a16[:]...)
	}
	b = binary.BigEndian.AppendUint16(b, m.Addr.Port())
	return append(b, m.ID[:]...)
}

package snapshot

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"net/netip"
	"os"
	"time"

	"github.com/altracker/altracker/tracker/swarm"
)

// ReadFile enters the peers of a file into s, grouped by g, unless they announced
// longer ago than lifetime. The error is one of opening the file, or wraps
// [ErrDamaged]: then nothing was entered, unless the checksum is right and the
// content is not, as no tracker writes it.
func ReadFile(path string, s *Store, g swarm.Grouping, now time.Time, lifetime time.Duration) (Summary, error) {
	f, err := os.Open(path)
	if err != nil {
		return Summary{}, fmt.Errorf("snapshot: %w", err)
	}
	defer f.Close()
	sum, err := Read(f, s, g, now, lifetime)
	if err != nil {
		return Summary{}, fmt.Errorf("snapshot %s: %w", path, err)
	}
	return sum, nil
}

// Read enters the peers that r holds into s. It reads r twice: once to check it.
func Read(r io.ReadSeeker, s *Store, g swarm.Grouping, now time.Time, lifetime time.Duration) (Summary, error) {
	if err := verify(r); err != nil {
		return Summary{}, err
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return Summary{}, err
	}
	in := reader{bufio.NewReaderSize(r, 1<<16)}
	if head, err := in.take(len(magic)); err != nil || string(head) != magic {
		return Summary{}, fmt.Errorf("%w: it does not begin with %q", ErrDamaged, magic)
	}
	seconds, err := in.uint(8)
	if err != nil {
		return Summary{}, err
	}
	written := int64(seconds)
	sum := Summary{Time: time.Unix(written, 0)}
	for {
		c, last, err := in.piece(written)
		if err != nil || last {
			return sum, err
		}
		c.Members = fresh(c.Members, now.Add(-lifetime).Unix())
		sum.Peers += len(c.Members)
		s.Restore(c, g)
	}
}

// verify checks the sum at the end of r.
func verify(r io.ReadSeeker) error {
	size, err := r.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if size < int64(len(magic)+sha256.Size) {
		return fmt.Errorf("%w: %d bytes", ErrDamaged, size)
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return err
	}
	hash := sha256.New()
	if _, err := io.CopyN(hash, r, size-sha256.Size); err != nil {
		return err
	}
	var want [sha256.Size]byte
	if _, err := io.ReadFull(r, want[:]); err != nil {
		return err
	}
	if !bytes.Equal(hash.Sum(nil), want[:]) {
		return fmt.Errorf("%w: wrong checksum", ErrDamaged)
	}
	return nil
}

func fresh(members []swarm.Member, since int64) []swarm.Member {
	kept := members[:0]
	for _, m := range members {
		if m.Seen >= since {
			kept = append(kept, m)
		}
	}
	return kept
}

// reader takes a verified snapshot apart. It still trusts no length: whoever wrote
// the file may have been another program.
type reader struct{ *bufio.Reader }

func (r reader) take(n int) ([]byte, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(r, b); err != nil {
		return nil, fmt.Errorf("%w: it ends too soon", ErrDamaged)
	}
	return b, nil
}

func (r reader) uint(bytes int) (n uint64, err error) {
	b, err := r.take(bytes)
	for _, c := range b {
		n = n<<8 | uint64(c)
	}
	return n, err
}

func (r reader) piece(written int64) (c *swarm.Copy, last bool, err error) {
	head, err := r.take(28)
	if err != nil {
		return nil, false, err
	}
	c = &swarm.Copy{InfoHash: swarm.InfoHash(head[:20]), Downloaded: binary.BigEndian.Uint32(head[20:])}
	count := binary.BigEndian.Uint32(head[24:])
	for range count {
		m, err := r.peer(written)
		if err != nil {
			return nil, false, err
		}
		c.Members = append(c.Members, m)
	}
	return c, count == 0, nil
}

func (r reader) peer(written int64) (m swarm.Member, err error) {
	head, err := r.take(5)
	if err != nil {
		return m, err
	}
	width := 4
	if head[0]&flagIPv6 != 0 {
		width = 16
	}
	rest, err := r.take(width + 2 + len(m.ID))
	if err != nil {
		return m, err
	}
	addr, _ := netip.AddrFromSlice(rest[:width])
	if addr.Is4In6() {
		return m, fmt.Errorf("%w: %v is no IPv6 address", ErrDamaged, addr)
	}
	m.Seeder = head[0]&flagSeeder != 0
	m.Seen = written - int64(binary.BigEndian.Uint32(head[1:]))
	m.Addr = netip.AddrPortFrom(addr, binary.BigEndian.Uint16(rest[width:]))
	m.ID = swarm.PeerID(rest[width+2:])
	return m, nil
}

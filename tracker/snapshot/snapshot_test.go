package snapshot

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/altracker/altracker/tracker/swarm"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func newStore(t testing.TB) *swarm.Store {
	s, err := swarm.New(swarm.Config{Seed: 1, PeerIDs: true})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func filled(t testing.TB, peers int) *swarm.Store {
	s := newStore(t)
	var r swarm.Reply
	for i := range peers {
		addr := netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)})
		if i%5 == 0 {
			addr = netip.AddrFrom16([16]byte{0x20, 1, 14: byte(i >> 8), 15: byte(i)})
		}
		s.Announce(&swarm.Announce{
			InfoHash: swarm.InfoHash{byte(i % 7)}, Now: noon.Unix() - int64(4*(i%100)), Groups: swarm.Ungrouped{}, Walks: swarm.Random,
			Peer:      swarm.Peer{Addr: netip.AddrPortFrom(addr, 6881), ID: swarm.PeerID{byte(i)}, Seeder: i%3 == 0},
			Completed: i%3 == 0,
		}, &r)
	}
	return s
}

func contents(s *swarm.Store) (all []string) {
	for c := range s.Copies(noon.Unix()) {
		for _, m := range c.Members {
			all = append(all, fmt.Sprint(c.InfoHash, c.Downloaded, m))
		}
	}
	slices.Sort(all)
	return all
}

func TestFileRestoresTheStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "swarms.snap")
	from := filled(t, 9000)
	for range 2 { // the second takes the place of the first
		sum, err := WriteFile(path, from, noon, time.Microsecond)
		if err != nil || sum.Peers != 9000 {
			t.Fatalf("wrote %+v, %v", sum, err)
		}
	}
	to := newStore(t)
	sum, err := ReadFile(path, to, swarm.Ungrouped{}, noon, time.Hour)
	if err != nil || sum.Peers != 9000 || !sum.Time.Equal(noon) {
		t.Fatalf("read %+v, %v", sum, err)
	}
	if !slices.Equal(contents(from), contents(to)) {
		t.Error("the restored store differs")
	}
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

func TestOldPeersStayAway(t *testing.T) {
	var file bytes.Buffer
	if _, err := Write(&file, filled(t, 1000), noon, 0); err != nil {
		t.Fatal(err)
	}
	s := newStore(t)
	sum, err := Read(bytes.NewReader(file.Bytes()), s, swarm.Ungrouped{}, noon.Add(100*time.Second), 300*time.Second)
	if err != nil || sum.Peers != 510 || s.Totals().Leechers+s.Totals().Seeders != 510 {
		t.Errorf("read %+v, %v, want the 510 peers of the last 200 s", sum, err)
	}
}

func TestDamageIsRefusedWhole(t *testing.T) {
	var file bytes.Buffer
	if _, err := Write(&file, filled(t, 200), noon, 0); err != nil {
		t.Fatal(err)
	}
	whole := file.Bytes()
	flipped := slices.Clone(whole)
	flipped[len(flipped)/2] ^= 1
	for name, b := range map[string][]byte{
		"empty": nil, "one bit flipped": flipped, "cut off": whole[:len(whole)-100], "too long": append(slices.Clone(whole), 0),
		"another magic": sum(append([]byte("altswrm9"), whole[8:len(whole)-32]...)),
		"no end":        sum(whole[:len(whole)-32-28]), "half a peer": sum(whole[:200]),
	} {
		s := newStore(t)
		if _, err := Read(bytes.NewReader(b), s, swarm.Ungrouped{}, noon, time.Hour); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: error %v, want ErrDamaged", name, err)
		}
	}
	s := newStore(t)
	_, _ = Read(bytes.NewReader(flipped), s, swarm.Ungrouped{}, noon, time.Hour)
	if got := s.Totals(); got != (swarm.Totals{}) {
		t.Errorf("a damaged file entered %+v", got)
	}
}

// sum appends the checksum that b would have.
func sum(b []byte) []byte {
	h := sha256.Sum256(b)
	return append(slices.Clone(b), h[:]...)
}

func TestNoFile(t *testing.T) {
	if _, err := ReadFile(filepath.Join(t.TempDir(), "none"), newStore(t), swarm.Ungrouped{}, noon, time.Hour); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v", err)
	}
	if _, err := WriteFile("/nonexistent/dir/file", newStore(t), noon, 0); err == nil {
		t.Error("wrote into a folder that is not there")
	}
}

func FuzzRead(f *testing.F) {
	var file bytes.Buffer
	if _, err := Write(&file, filled(f, 20), noon, 0); err != nil {
		f.Fatal(err)
	}
	f.Add(file.Bytes()[:file.Len()-32])
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := swarm.New(swarm.Config{Seed: 1, Shards: 1})
		if err != nil {
			t.Fatal(err)
		}
		got, err := Read(bytes.NewReader(sum(b)), s, swarm.Ungrouped{}, noon, time.Hour)
		if total := s.Totals(); err == nil && total.Seeders+total.Leechers > got.Peers {
			t.Errorf("%d peers read, %+v entered", got.Peers, total)
		}
	})
}

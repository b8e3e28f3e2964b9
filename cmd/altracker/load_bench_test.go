package main

import (
	"bufio"
	"context"
	"crypto/sha1"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/altracker/altracker/altoclient"
	"github.com/altracker/altracker/altoclient/altoserver"
	"github.com/altracker/altracker/altoclient/altotest"
	"github.com/altracker/altracker/cmd/altracker/config"
	"github.com/altracker/altracker/tracker"
	"github.com/altracker/altracker/tracker/snapshot"
	"github.com/altracker/altracker/tracker/swarm"
	"github.com/altracker/altracker/tracker/udptracker"
)

// announceRate is how many announces a second are sent, answered or not.
const announceRate = 5000

// BenchmarkAnnouncesWhileMapsLoad measures how long announces over UDP take that
// come from another process at a fixed rate, while a pair of maps of a large
// provider lies there, and while it is loaded over and over, a changed one each
// time: fetched, parsed, compiled, joined with nothing, and put in force. If the
// network map has changed too, the swarms are regrouped by it. The ALTO server is a
// process that yields to the others, since it would be another machine. Late is how
// late announces were sent: what the machine adds, whatever the tracker does.
func BenchmarkAnnouncesWhileMapsLoad(b *testing.B) {
	for _, way := range []struct {
		name string
		maps []altotest.Production
	}{
		{"quiet", []altotest.Production{altotest.LargeProvider(1, 0)}},
		{"costs change", []altotest.Production{altotest.LargeProvider(1, 0), altotest.LargeProvider(1, 1)}},
		{"both change", []altotest.Production{altotest.LargeProvider(1, 0), altotest.LargeProvider(2, 0)}},
	} {
		b.Run(way.name, func(b *testing.B) {
			g := newGuided(b, serveMaps(b, way.maps))
			loads := func() int { return 0 }
			if len(way.maps) > 1 {
				loads = g.load(b)
			}
			g.measure(b)
			b.ReportMetric(float64(loads())/b.Elapsed().Seconds(), "loads/s")
		})
	}
}

// BenchmarkAnnouncesWhileHouseIsKept measures the same, at the same rate, while nothing
// else happens, while a million peers expire, and while snapshots are written over and over.
func BenchmarkAnnouncesWhileHouseIsKept(b *testing.B) {
	const old = 1_000_000
	maps := serveMaps(b, []altotest.Production{altotest.LargeProvider(1, 0)})
	for _, way := range []struct {
		name string
		keep func(ctx context.Context, b *testing.B, t *tracker.Tracker)
	}{
		{"quiet", func(context.Context, *testing.B, *tracker.Tracker) {}},
		{"a million expire", func(_ context.Context, b *testing.B, t *tracker.Tracker) {
			start := time.Now()
			if n := t.Expire(start); n < old*9/10 {
				b.Errorf("%d peers expired", n)
			}
			b.ReportMetric(time.Since(start).Seconds(), "s/sweep")
		}},
		{"snapshots", func(ctx context.Context, b *testing.B, t *tracker.Tracker) {
			n := 0
			for start := time.Now(); ctx.Err() == nil; n++ {
				if _, err := snapshot.WriteFile(filepath.Join(b.TempDir(), "swarms"), t.Store(), time.Now(), breath); err != nil {
					b.Error(err)
				}
				b.ReportMetric(time.Since(start).Seconds()/float64(n+1), "s/snapshot")
			}
		}},
	} {
		b.Run(way.name, func(b *testing.B) {
			g := newGuided(b, maps)
			populate(b, g.tracker, old, time.Now().Add(-3*time.Hour))
			ctx, cancel := context.WithCancel(context.Background())
			var keeping errgroup.Group
			keeping.Go(func() error {
				way.keep(ctx, b, g.tracker)
				return nil
			})
			g.measure(b)
			cancel()
			_ = keeping.Wait() // it tells b of errors
		})
	}
}

// measure has another process send b.N announces, and tells how long they took.
func (g *guided) measure(b *testing.B) {
	b.Helper()
	before := g.tracker.Lists().Misses
	b.ResetTimer()
	took := announceFrom(b, g.addr, b.N)
	b.StopTimer()
	b.ReportMetric(float64(g.tracker.Lists().Misses-before)/float64(b.N), "lists/op")
	for name, d := range map[string]time.Duration{
		"p50": took.P50, "p99": took.P99, "p99.9": took.P999, "max": took.Max, "late-p99": took.LateP99,
	} {
		b.ReportMetric(float64(d)/1e3, name+"-µs")
	}
	b.ReportMetric(float64(b.N-took.Answered)/float64(b.N), "lost")
}

// mapServerCommand is the name by which this program is called to be the ALTO server.
const mapServerCommand = "altracker-maps"

// serveMaps has another process serve maps, in turns, until the benchmark ends. It
// returns the URL of the directory.
func serveMaps(b *testing.B, maps []altotest.Production) string {
	b.Helper()
	args := []string{"-n", "19", mapServerCommand}
	for _, m := range maps {
		args = append(args, strconv.Itoa(m.Version), strconv.Itoa(m.Revision))
	}
	cmd := exec.Command("nice", args...)
	cmd.Stderr = os.Stderr
	lifeline, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = lifeline.Close()
		_ = cmd.Wait()
	})
	url, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return strings.TrimSpace(url)
}

// mapServer is the main of that process, which ends with its standard input.
func mapServer() {
	var servers []*altoserver.Server
	for versions := range slices.Chunk(os.Args[1:], 2) {
		version, err := strconv.Atoi(versions[0])
		revision, err2 := strconv.Atoi(versions[1])
		s, err3 := newALTO(version, revision)
		if err := errors.Join(err, err2, err3); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		servers = append(servers, s)
	}
	fmt.Println(httptest.NewServer(alternating(servers)).URL + "/directory")
	_, _ = io.Copy(io.Discard, os.Stdin)
}

func newALTO(version, revision int) (*altoserver.Server, error) {
	network, costs := altotest.LargeProvider(version, revision).Documents()
	content, err := altoserver.NewContent(network, costs)
	if err != nil {
		return nil, err
	}
	return altoserver.New(content, altoserver.Config{}), nil
}

// alternating answers from the next server each time that somebody begins anew
// with the directory.
func alternating(servers []*altoserver.Server) http.Handler {
	var turns atomic.Uint32
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/directory" {
			turns.Add(1)
		}
		servers[turns.Load()%uint32(len(servers))].ServeHTTP(w, r)
	})
}

// guided is a tracker of the daemon's making, with its UDP frontend and swarms.
type guided struct {
	*guidance
	tracker *tracker.Tracker
	addr    netip.AddrPort
}

const (
	benchSwarms = 2000
	benchPeers  = 200_000
)

// newGuided returns one that runs until the benchmark ends, once it is guided by
// the ALTO server.
func newGuided(b *testing.B, directory string) *guided {
	b.Helper()
	c := config.Default()
	c.Sources = []config.Source{{Name: "isp", Directory: directory, Refresh: time.Hour, Updates: string(altoclient.UpdatesPoll)}}
	g, err := newGuidance(c.Sources, "", slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		b.Fatal(err)
	}
	c.Announce.MinInterval, c.Announce.DefaultNumWant = c.Announce.Interval/2, 50
	t, err := newTracker(c, g)
	if err != nil {
		b.Fatal(err)
	}
	udp, err := udptracker.New(udptracker.Config{Handler: t, Listen: "127.0.0.1:0"})
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var tasks errgroup.Group
	tasks.Go(func() error { return g.Run(ctx) })
	tasks.Go(func() error { return udp.Run(ctx) })
	tasks.Go(func() error { return regroup(ctx, t) })
	b.Cleanup(func() {
		cancel()
		if err := tasks.Wait(); err != nil {
			b.Error(err)
		}
		t.Close()
		g.close()
	})
	<-g.Ready()
	if n := g.Current().PIDs(); n < 1000 {
		b.Fatalf("%d PIDs: %+v", n, g.Sources())
	}
	populate(b, t, benchPeers, time.Now())
	return &guided{g, t, udp.Addr()}
}

// populate enters peers from everywhere, who announce at one time.
func populate(b *testing.B, t *tracker.Tracker, peers int, now time.Time) {
	b.Helper()
	random := rand.New(rand.NewPCG(3, uint64(peers)))
	popular := rand.NewZipf(random, 1.1, 4, benchSwarms-1)
	var answer tracker.AnnounceResponse
	for range peers {
		r := tracker.AnnounceRequest{InfoHash: benchSwarm(popular.Uint64()), Left: int64(random.IntN(3)), Now: now, NumWant: 0}
		binary.BigEndian.PutUint64(r.PeerID[:], random.Uint64())
		n := random.Uint32N(223<<24) + 1<<24
		r.Addr = netip.AddrPortFrom(netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}), 6881)
		answer.Reset()
		if err := t.Announce(&r, &answer); err != nil {
			b.Fatal(err)
		}
	}
}

func benchSwarm(i uint64) swarm.InfoHash { return sha1.Sum([]byte(strconv.FormatUint(i, 10))) }

// load has the maps loaded until the returned function is called, which tells how
// often they were.
func (g *guided) load(b *testing.B) (stop func() int) {
	ctx, cancel := context.WithCancel(context.Background())
	loads := make(chan int)
	go func() {
		n := 0
		for ; ctx.Err() == nil; n++ {
			if err := g.Refresh(ctx); err != nil && !errors.Is(err, context.Canceled) {
				b.Error(err)
			}
		}
		loads <- n
	}()
	return func() int {
		cancel()
		return <-loads
	}
}

// latencies are what the process that announces has seen.
type latencies struct {
	Answered            int
	P50, P99, P999, Max time.Duration
	LateP99             time.Duration
}

// announceFrom has another process send n announces.
func announceFrom(b *testing.B, addr netip.AddrPort, n int) (took latencies) {
	b.Helper()
	cmd := exec.Command(announcerCommand, addr.String(), strconv.Itoa(n))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err == nil {
		err = json.Unmarshal(out, &took)
	}
	if err != nil {
		b.Fatal(err)
	}
	return took
}

// announcerCommand is the name by which this program is called to be the other
// process.
const announcerCommand = "altracker-announcer"

// announcer is the main of the other process.
func announcer() {
	addr, err := netip.ParseAddrPort(os.Args[1])
	n, err2 := strconv.Atoi(os.Args[2])
	if err = errors.Join(err, err2); err == nil {
		var took latencies
		if took, err = announceAt(addr, n); err == nil {
			err = json.NewEncoder(os.Stdout).Encode(took)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// announceAt sends n announces at announceRate from peers in several PIDs, and
// waits for no answer before it sends the next. A latency is from the moment before
// one is sent to that after its answer is read.
func announceAt(addr netip.AddrPort, n int) (latencies, error) {
	var peers []*announcing
	shared := &announcements{sent: make([]atomic.Int64, n), took: make([]atomic.Int64, n), late: make([]time.Duration, n), begun: time.Now()}
	for i := range 32 {
		p, err := shared.connect(addr, netip.AddrFrom4([4]byte{127, byte(i * 8), byte(i * 5), 1}))
		if err != nil {
			return latencies{}, err
		}
		peers = append(peers, p)
	}
	var reading errgroup.Group
	for _, p := range peers {
		reading.Go(p.read)
	}
	random := rand.New(rand.NewPCG(5, 6))
	popular := rand.NewZipf(random, 1.1, 4, benchSwarms-1)
	start := time.Now()
	for i := range n {
		due := start.Add(time.Duration(i) * time.Second / announceRate)
		time.Sleep(time.Until(due))
		shared.late[i] = time.Since(due)
		if err := peers[i%len(peers)].announce(uint32(i), benchSwarm(popular.Uint64()), uint16(1024+random.IntN(2000))); err != nil {
			return latencies{}, err
		}
	}
	time.Sleep(time.Second) // for the last answers
	for _, p := range peers {
		_ = p.conn.Close()
	}
	_ = reading.Wait() // it ends by the closing
	return shared.sum(), nil
}

// announcements are when each was sent and how long its answer took, in
// nanoseconds, by transaction id.
type announcements struct {
	begun      time.Time
	sent, took []atomic.Int64
	late       []time.Duration
}

func (a *announcements) sum() latencies {
	var all []time.Duration
	for i := range a.took {
		if d := a.took[i].Load(); d > 0 {
			all = append(all, time.Duration(d))
		}
	}
	if len(all) == 0 {
		return latencies{}
	}
	slices.Sort(all)
	slices.Sort(a.late)
	at := func(of []time.Duration, share float64) time.Duration { return of[int(share*float64(len(of)-1))] }
	return latencies{len(all), at(all, 0.5), at(all, 0.99), at(all, 0.999), at(all, 1), at(a.late, 0.99)}
}

// announcing is one address that announces (BEP 15).
type announcing struct {
	*announcements
	conn   *net.UDPConn
	packet [98]byte
}

func (a *announcements) connect(to netip.AddrPort, from netip.Addr) (*announcing, error) {
	conn, err := net.DialUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(from, 0)), net.UDPAddrFromAddrPort(to))
	if err != nil {
		return nil, err
	}
	p := &announcing{announcements: a, conn: conn}
	binary.BigEndian.PutUint64(p.packet[:], 0x41727101980)
	if _, err := conn.Write(p.packet[:16]); err != nil {
		return nil, err
	}
	var reply [16]byte
	_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, err := io.ReadFull(conn, reply[:]); err != nil {
		return nil, err
	}
	_ = conn.SetReadDeadline(time.Time{})
	copy(p.packet[:8], reply[8:])
	binary.BigEndian.PutUint32(p.packet[8:], 1)
	copy(p.packet[36:], "-bench-")
	binary.BigEndian.PutUint32(p.packet[92:], 50) // peers wanted
	return p, nil
}

func (p *announcing) announce(id uint32, h swarm.InfoHash, port uint16) error {
	binary.BigEndian.PutUint32(p.packet[12:], id)
	copy(p.packet[16:], h[:])
	binary.BigEndian.PutUint64(p.packet[64:], uint64(id%3)) // left
	binary.BigEndian.PutUint16(p.packet[96:], port)
	p.sent[id].Store(int64(time.Since(p.begun)))
	_, err := p.conn.Write(p.packet[:])
	return err
}

func (p *announcing) read() error {
	var reply [2048]byte
	for {
		n, err := p.conn.Read(reply[:])
		if err != nil {
			return err
		}
		if now := int64(time.Since(p.begun)); n >= 20 && binary.BigEndian.Uint32(reply[:]) == 1 {
			id := binary.BigEndian.Uint32(reply[4:])
			p.took[id].Store(now - p.sent[id].Load())
		}
	}
}

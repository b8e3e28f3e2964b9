package netns

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/altracker/altracker/bench/load/machine"
)

// Room is where the addresses of clients are: nobody's, of the block for benchmarks
// (RFC 2544), since clients treat loopback and private addresses unlike others.
var Room = netip.MustParsePrefix("198.18.0.0/16")

// Where things are at the bridge. The PID 255 is nobody's.
const (
	hubHost = "198.18.255.1"
	hubNet  = "198.18.255.1/16"

	Announces = hubHost + ":6969" // of the tracker, HTTP and UDP
	Admin     = "127.0.0.1:6970"  // of its admin API, from the bridge's namespace alone
)

// Config is what a Lab works with.
type Config struct {
	Altracker string        // the program; required
	Programs  []Program     // that clients are, in turn; nil: all
	Slots     int           // to whom a client sends at a time, where it can be told; 0: as it likes
	Interval  time.Duration // that the tracker asks for: some have a least one of their own; 0: as they like
}

// Lab is a network of namespaces. Close it.
type Lab struct {
	config Config
	python string
	work   string // folder of all files
	hub    space

	mu        sync.Mutex // guards what follows
	spaces    []space
	processes []*process
}

// Open makes a Lab in which there is nobody yet. It refuses to where something is missing,
// and where an earlier one was cut off before it was closed.
func Open(ctx context.Context, c Config) (*Lab, error) {
	if c.Programs == nil {
		c.Programs = Programs()
	}
	if err := Missing(ctx, c.Programs); err != nil {
		return nil, err
	}
	if err := leftovers(); err != nil {
		return nil, err
	}
	work, err := os.MkdirTemp("", prefix())
	if err != nil {
		return nil, err
	}
	l := &Lab{config: c, python: python(ctx), work: work, hub: space(prefix() + "hub")}
	if err := l.build(ctx); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// build makes the bridge, and what counts at it.
func (l *Lab) build(ctx context.Context) error {
	if err := l.add(ctx, l.hub); err != nil {
		return err
	}
	if err := l.hub.set(ctx, "link set lo up\nlink add br0 type bridge\naddr add "+hubNet+" dev br0\nlink set br0 up\n"); err != nil {
		return err
	}
	return command(ctx, table, "ip", "netns", "exec", string(l.hub), "nft", "-f", "-")
}

// add makes a namespace that goes with the Lab. Its TCP is Reno: what the kernel takes for
// its own may be another everywhere.
func (l *Lab) add(ctx context.Context, s space) error {
	if err := s.add(ctx); err != nil {
		return err
	}
	l.mu.Lock()
	l.spaces = append(l.spaces, s)
	l.mu.Unlock()
	return s.within(func() error {
		return os.WriteFile("/proc/sys/net/ipv4/tcp_congestion_control", []byte("reno"), 0o644)
	})
}

// Listen listens at the bridge.
func (l *Lab) Listen() (net.Listener, error) { return l.hub.listen(hubHost + ":0") }

// start runs a program that goes with the Lab.
func (l *Lab) start(s space, name string, args ...string) (*process, error) {
	p, err := s.start(name, filepath.Join(l.work, name+".log"), args...)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.processes = append(l.processes, p)
	return p, nil
}

// CPU returns what all programs of the Lab have used of processors.
func (l *Lab) CPU() (total time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, p := range l.processes {
		if u, err := machine.Of(p.cmd.Process.Pid); err == nil {
			total += u.CPU()
		}
	}
	return total
}

// closing is how long it may take to remove everything.
const closing = time.Minute

// Close ends all programs and removes namespaces and files. It waits for that.
func (l *Lab) Close() error {
	ctx, stop := context.WithTimeout(context.Background(), closing)
	defer stop()
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, p := range l.processes {
		p.kill()
	}
	var failed []error
	for _, s := range l.spaces {
		failed = append(failed, s.remove(ctx))
	}
	l.processes, l.spaces = nil, nil
	return errors.Join(append(failed, os.RemoveAll(l.work))...)
}

// join makes the namespace of the n-th client and its wire to the bridge.
func (l *Lab) join(ctx context.Context, n int, at netip.Addr, up, down int64) (space, error) {
	s, port := space(fmt.Sprintf("%s%d", prefix(), n)), fmt.Sprintf("p%d", n)
	if err := l.add(ctx, s); err != nil {
		return s, err
	}
	if err := s.set(ctx, strings.Join([]string{
		"link set lo up",
		fmt.Sprintf("link add eth0 type veth peer name %s netns %s", port, l.hub),
		fmt.Sprintf("addr add %v/%d dev eth0", at, Room.Bits()),
		"link set eth0 up",
	}, "\n")); err != nil {
		return s, err
	}
	if err := l.hub.set(ctx, fmt.Sprintf("link set %s master br0 up\n", port)); err != nil {
		return s, err
	}
	for _, way := range []struct {
		on     space
		device string
		rate   int64
	}{{s, "eth0", up}, {l.hub, port, down}} {
		if line := shaping(way.device, way.rate); line != "" {
			if err := command(ctx, line, "tc", "-n", string(way.on), "-batch", "-"); err != nil {
				return s, err
			}
		}
	}
	return s, nil
}

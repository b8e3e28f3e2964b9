package null

import (
	"bytes"
	"context"
	"fmt"
	"net/netip"
	"os"
	"strconv"
	"unsafe"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sys/unix"

	"github.com/altracker/altracker/bench/load/machine"
	"github.com/altracker/altracker/bench/load/mmsg"
)

// HTTP is a server of BEP 3. It looks for the ends of requests and for nothing else;
// one whose end is split between two packets waits for ever.
type HTTP struct {
	config  Config
	addr    netip.AddrPort
	socks   []int // by worker
	answers []byte
	size    int // of one answer
}

// maxPipe is how many requests of one read are answered.
const maxPipe = 64

// ListenHTTP binds an address; port 0 is any that is free.
func ListenHTTP(addr netip.AddrPort, c Config) (*HTTP, error) {
	s := &HTTP{config: c.withDefaults(), addr: addr}
	peers := compact(s.config.Peers, 6)
	body := "d8:completei1e10:incompletei1e8:intervali" + strconv.Itoa(interval) + "e5:peers" + strconv.Itoa(len(peers)) + ":" + string(peers) + "e"
	one := "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n" + body
	s.size, s.answers = len(one), bytes.Repeat([]byte(one), maxPipe)
	for range s.config.Workers {
		if err := s.listen(); err != nil {
			s.close()
			return nil, fmt.Errorf("null: %w", err)
		}
	}
	return s, nil
}

func (s *HTTP) listen() error {
	family := unix.AF_INET6
	var local unix.Sockaddr = &unix.SockaddrInet6{Port: int(s.addr.Port()), Addr: s.addr.Addr().As16()}
	if s.addr.Addr().Is4() {
		family, local = unix.AF_INET, &unix.SockaddrInet4{Port: int(s.addr.Port()), Addr: s.addr.Addr().As4()}
	}
	fd, err := unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return os.NewSyscallError("socket", err)
	}
	s.socks = append(s.socks, fd)
	for _, option := range []int{unix.SO_REUSEADDR, unix.SO_REUSEPORT} {
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, option, 1); err != nil {
			return os.NewSyscallError("setsockopt", err)
		}
	}
	if err := unix.Bind(fd, local); err != nil {
		return fmt.Errorf("%v: %w", s.addr, os.NewSyscallError("bind", err))
	}
	if err := unix.Listen(fd, 4096); err != nil {
		return os.NewSyscallError("listen", err)
	}
	s.addr, err = mmsg.Local(fd)
	return err
}

// Addr returns the address the server is bound to.
func (s *HTTP) Addr() netip.AddrPort { return s.addr }

func (s *HTTP) close() {
	for _, fd := range s.socks {
		_ = unix.Close(fd)
	}
}

// Run serves until ctx is done.
func (s *HTTP) Run(ctx context.Context) error {
	defer s.close()
	group, ctx := errgroup.WithContext(ctx)
	for _, fd := range s.socks {
		group.Go(func() error {
			if err := machine.Own(nil, 0); err != nil {
				return err
			}
			l := loop{HTTP: s, listener: fd, open: map[int]struct{}{}, in: make([]byte, 64<<10)}
			return l.run(ctx)
		})
	}
	return group.Wait()
}

// loop is a worker: one thread, one listener, the connections it accepted.
type loop struct {
	*HTTP
	listener, poll int
	open           map[int]struct{}
	in             []byte
	events         [64]unix.EpollEvent
}

func (l *loop) run(ctx context.Context) (err error) {
	if l.poll, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return os.NewSyscallError("epoll_create1", err)
	}
	defer func() { _ = unix.Close(l.poll) }()
	defer func() {
		for fd := range l.open {
			_ = unix.Close(fd)
		}
	}()
	if err := l.watch(l.listener); err != nil {
		return err
	}
	for ctx.Err() == nil {
		n, err := unix.EpollWait(l.poll, l.events[:], 100)
		if err != nil && err != unix.EINTR { //nolint:errorlint // an errno as it is
			return os.NewSyscallError("epoll_wait", err)
		}
		for _, e := range l.events[:max(n, 0)] {
			if fd := int(e.Fd); fd == l.listener {
				l.accept()
			} else {
				l.serve(fd)
			}
		}
	}
	return nil
}

func (l *loop) watch(fd int) error {
	event := unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)}
	return os.NewSyscallError("epoll_ctl", unix.EpollCtl(l.poll, unix.EPOLL_CTL_ADD, fd, &event))
}

// accept takes all connections that wait.
func (l *loop) accept() {
	for {
		fd, _, errno := unix.RawSyscall6(unix.SYS_ACCEPT4, uintptr(l.listener), 0, 0, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0, 0)
		if errno != 0 {
			return
		}
		if l.watch(int(fd)) != nil {
			_ = unix.Close(int(fd))
			continue
		}
		l.open[int(fd)] = struct{}{}
	}
}

func (l *loop) serve(fd int) {
	n, _, errno := unix.RawSyscall(unix.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(&l.in[0])), uintptr(len(l.in)))
	if errno == unix.EAGAIN || errno == unix.EINTR {
		return
	}
	if errno != 0 || n == 0 {
		l.close(fd)
		return
	}
	requests := min(bytes.Count(l.in[:n], []byte("\r\n\r\n")), maxPipe)
	if requests == 0 {
		return
	}
	_, _, errno = unix.RawSyscall6(unix.SYS_SENDTO, uintptr(fd), uintptr(unsafe.Pointer(&l.answers[0])), uintptr(requests*l.size), unix.MSG_NOSIGNAL, 0, 0)
	if errno != 0 || l.config.OneShot {
		l.close(fd)
	}
}

func (l *loop) close(fd int) {
	_ = unix.Close(fd)
	delete(l.open, fd)
}

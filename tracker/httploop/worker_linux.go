package httploop

import (
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

const (
	readSize   = 64 << 10 // of the buffer that a worker reads into
	eventBatch = 256      // events taken at once
)

// Beside connections, whose events bear their index, an epoll set watches two
// things.
const (
	ofListener = -1
	ofSignal   = -2
)

// worker serves the connections that its listener gets, on one thread. It owns all
// it touches, but for what the comments name.
//
// Connections are watched edge-triggered: an event says that something has come
// since the last one, and a connection that was read dry costs the kernel nothing
// until then, where a level-triggered one is looked at once more. It is dry when it
// gave less than there was room for (epoll(7), question 9), unless the event said that
// the client has finished, which is still to be read then. The listener is
// level-triggered, so that accepting may stop anywhere.
type worker struct {
	config   *Config // shared, never changed
	log      *slog.Logger
	handover *handover // shared

	epoll    int
	listener int // -1 once it is closed
	stopping bool

	session session
	in      []byte // where everything else is read to, used between two system calls
	out     []byte // where answers are gathered
	round   round
	events  []unix.EpollEvent

	conns []conn
	free  []int32 // indices of conns that are not in use
	again []int32 // connections that may have more to read; no event will tell
	open  int     // connections in use
	limit int     // of connections, see taken

	now       time.Time     // of requests
	clock     time.Duration // since birth, for timeouts
	birth     time.Time
	nextSweep time.Duration
	period    time.Duration // from sweep to sweep
	paused    bool          // the listener is not watched, until
	retry     time.Duration
	complaint time.Duration // not before that, another one about accepting

	_       [64]byte     // what follows is touched by others
	handed  atomic.Int64 // connections at net/http; it counts down
	abandon atomic.Bool  // do not wait for requests under way
	signal  signal
	_       [64]byte
	stats   counters
	_       [64]byte
}

func newWorker(cfg *Config, listener, limit int, h *handover) (*worker, error) {
	w := &worker{
		config: cfg, log: cfg.Log, handover: h,
		epoll: -1, listener: listener,
		session: session{parser: parser{paths: cfg.Paths}, answer: cfg.NewAnswer()},
		in:      make([]byte, readSize),
		events:  make([]unix.EpollEvent, eventBatch),
		limit:   limit,
		birth:   time.Now(),
		period:  sweepPeriod(cfg),
	}
	if cfg.NewExpect != nil {
		w.round.expect = cfg.NewExpect()
	}
	if err := w.watch(); err != nil {
		w.closeSet()
		return nil, err
	}
	return w, nil
}

// watch makes the epoll set with the listener and the signal in it.
func (w *worker) watch() (err error) {
	if w.epoll, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return fmt.Errorf("epoll_create1: %w", err)
	}
	if err := w.signal.open(); err != nil {
		return err
	}
	if err := w.control(unix.EPOLL_CTL_ADD, w.listener, unix.EPOLLIN, ofListener); err != nil {
		return err
	}
	return w.control(unix.EPOLL_CTL_ADD, w.signal.fd, unix.EPOLLIN|unix.EPOLLET, ofSignal)
}

func (w *worker) control(op, fd int, events uint32, id int32) error {
	if err := unix.EpollCtl(w.epoll, op, fd, &unix.EpollEvent{Events: events, Fd: id}); err != nil {
		return fmt.Errorf("epoll_ctl: %w", err)
	}
	return nil
}

// run serves until Server tells it to stop and the requests under way are answered.
func (w *worker) run() error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer w.closeSet()
	for {
		n, err := unix.EpollWait(w.epoll, w.events, w.patience())
		if err != nil && err != unix.EINTR {
			return fmt.Errorf("epoll_wait: %w", err)
		}
		w.tick()
		if err := w.turn(w.events[:max(n, 0)]); err != nil {
			return err
		}
		w.keepTime()
		if w.listener < 0 && (w.open == 0 || w.abandon.Load()) {
			return nil
		}
	}
}

// turn handles what has happened.
func (w *worker) turn(events []unix.EpollEvent) error {
	for _, e := range events {
		if err := w.dispatch(e); err != nil {
			return err
		}
	}
	w.answerRound()
	w.resume()
	return nil
}

func (w *worker) dispatch(e unix.EpollEvent) error {
	switch e.Fd {
	case ofListener:
		if w.stopping {
			return nil
		}
		return w.accept()
	case ofSignal:
		w.answerRound()
		return w.stop()
	}
	ended := e.Events&^(unix.EPOLLIN|unix.EPOLLOUT) != 0
	if c := &w.conns[e.Fd]; ended || c.rest != nil || c.fd < 0 {
		w.serve(e.Fd, ended)
	} else {
		w.receiveInRound(e.Fd, c)
	}
	return nil
}

// resume goes on with connections that gave all that there was room for.
func (w *worker) resume() {
	n := len(w.again)
	for _, i := range w.again[:n] {
		w.serve(i, true)
	}
	w.again = append(w.again[:0], w.again[n:]...)
}

// serve goes on with a connection of which something is to be expected, or was
// before it was closed. If the end of it may have come, no event will tell again. A
// panic costs the connection, not the tracker.
func (w *worker) serve(i int32, ended bool) {
	defer w.rescue(i)
	switch c := &w.conns[i]; {
	case c.fd < 0:
	case c.rest != nil && len(c.rest.out) > 0:
		w.flush(i, c)
	default:
		w.receive(i, c, ended)
	}
}

func (w *worker) rescue(i int32) {
	p := recover()
	if p == nil {
		return
	}
	w.complainOf(p)
	if w.conns[i].fd >= 0 {
		w.close(i)
	}
}

// complainOf counts and logs a panic.
func (w *worker) complainOf(p any) {
	w.stats.panics.Add(1)
	w.log.Error("an answer panicked", "panic", p, "stack", string(debug.Stack()))
}

// stop closes the listener and the connections that wait for their next request.
// Clients that are on their way in are answered first.
func (w *worker) stop() error {
	if w.stopping {
		return nil
	}
	w.stopping = true
	for before := -1; before != int(w.stats.accepted.Load()); {
		before = int(w.stats.accepted.Load())
		if err := w.accept(); err != nil {
			return err
		}
	}
	closeFD(w.listener)
	w.listener = -1
	for i := range w.conns {
		if c := &w.conns[i]; c.fd >= 0 && c.rest == nil {
			w.serve(int32(i), false) // its request may have come meanwhile
		}
		if c := &w.conns[i]; c.fd >= 0 && c.rest == nil {
			w.close(int32(i))
		}
	}
	return nil
}

// closeSet closes everything.
func (w *worker) closeSet() {
	for i := range w.conns {
		if w.conns[i].fd >= 0 {
			w.close(int32(i))
		}
	}
	for _, fd := range []int{w.listener, w.epoll} {
		if fd >= 0 {
			closeFD(fd)
		}
	}
	w.listener, w.epoll = -1, -1
	w.signal.close()
}

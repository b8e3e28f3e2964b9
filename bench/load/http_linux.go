package load

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// epollWorker holds some connections over plain HTTP. It is one goroutine, which
// asks on one connection after the other and sleeps when none has anything to say.
type epollWorker struct {
	httpTalk
	config  *Config
	clock   func() int64
	answers *counter

	poll    int
	events  [batch]unix.EpollEvent
	conns   []httpConn
	cursors []cursor // of the fill, by connection
	turns   ring     // connections that have room, the one that waits longest first
	expiry  int64
	under   int // requests under way
	silent  int // requests lost since the last reply
	refused int // connections lost since the last reply
}

func newRawHTTPWorker(g *Generator, index int) (worker, error) {
	poll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("epoll_create1", err)
	}
	w := &epollWorker{
		httpTalk: newHTTPTalk(g), config: &g.config, clock: g.clock, answers: &g.answers[index],
		poll: poll,
	}
	places := seats(&g.config, index)
	for _, s := range places {
		w.conns = append(w.conns, httpConn{fd: -1, source: s.source})
	}
	w.cursors = cursorsOf(g, index, places)
	return w, nil
}

func (w *epollWorker) close() {
	for i := range w.conns {
		w.conns[i].close()
	}
	_ = unix.Close(w.poll)
}

// prepare connects anew: trackers end connections that were idle for long.
func (w *epollWorker) prepare(_ context.Context, r *recorder) error {
	w.recorder = r
	w.turns, w.under = newRing(len(w.conns)), 0
	for i := range w.conns {
		c := &w.conns[i]
		c.close()
		c.asked, c.waits = c.asked[:0], true
		w.turns.push(i)
		if w.config.OneShot {
			continue
		}
		if err := w.open(i); err != nil {
			return fmt.Errorf("%v: %w", w.config.Target, err)
		}
	}
	return nil
}

var errNoAnswer = errors.New("no response in time")

// open connects, from the connection's source.
func (w *epollWorker) open(i int) error {
	c := &w.conns[i]
	if err := c.open(w.pop.sources.addr(c.source), w.config.Target.Addr); err != nil {
		return err
	}
	event := unix.EpollEvent{Events: unix.EPOLLIN | unix.EPOLLOUT | unix.EPOLLET, Fd: int32(i)}
	return os.NewSyscallError("epoll_ctl", unix.EpollCtl(w.poll, unix.EPOLL_CTL_ADD, c.fd, &event))
}

// fill implements worker.
func (w *epollWorker) fill(ctx context.Context, r *recorder) error {
	w.recorder = r
	return w.run(ctx, filling(w.cursors))
}

// measure implements worker.
func (w *epollWorker) measure(ctx context.Context, r *recorder, f *feed) error {
	w.recorder = r
	return w.run(ctx, f)
}

// run asks what f says until that is over and all is answered or lost, or ctx is done.
func (w *epollWorker) run(ctx context.Context, f *feed) error {
	w.silent, w.refused = 0, 0
	for {
		now := w.clock()
		wake, done := w.ask(now, f)
		if ended(ctx) || done && w.under == 0 {
			return nil
		}
		n, err := w.wait(time.Duration(min(wake, w.expiry) - now))
		if err != nil {
			return err
		}
		now = w.clock()
		for _, e := range w.events[:n] {
			w.serve(int(e.Fd), now, f)
		}
		if now >= w.expiry {
			w.expire(now, f)
		}
		switch {
		case f.list && w.silent > 4*len(w.conns)*w.config.Pipeline:
			return fmt.Errorf("%v: no answer to %d requests", w.config.Target, w.silent)
		case w.refused > maxRefused:
			return fmt.Errorf("%v: %d connections in a row have failed: %s", w.config.Target, w.refused, w.tally.examples[noConnection])
		}
	}
}

// wait waits for events. epoll_wait(2) counts in milliseconds, ppoll(2) in nanoseconds.
func (w *epollWorker) wait(timeout time.Duration) (int, error) {
	if n, err := w.collect(); n > 0 || err != nil || timeout <= 0 {
		return n, err
	}
	fds := [1]unix.PollFd{{Fd: int32(w.poll), Events: unix.POLLIN}}
	ts := unix.NsecToTimespec(int64(timeout))
	if _, err := unix.Ppoll(fds[:], &ts, nil); err != nil && !errors.Is(err, unix.EINTR) {
		return 0, os.NewSyscallError("ppoll", err)
	}
	return w.collect()
}

func (w *epollWorker) collect() (int, error) {
	n, _, errno := unix.RawSyscall6(unix.SYS_EPOLL_PWAIT, uintptr(w.poll), uintptr(unsafe.Pointer(&w.events[0])), uintptr(len(w.events)), 0, 0, 0)
	switch errno {
	case 0:
		return int(n), nil
	case unix.EINTR:
		return 0, nil
	default:
		return 0, os.NewSyscallError("epoll_pwait", errno)
	}
}

// ask sends what is due on the connections that have room. It returns when there is
// more, or that there is none and all is answered.
func (w *epollWorker) ask(now int64, f *feed) (wake int64, done bool) {
	for range w.turns.n {
		i := w.turns.pop()
		switch due, v := w.place(i, now, f); v {
		case ready:
			w.conns[i].waits = false // it is full
		case later:
			w.turns.unpop(i)
			return due, false
		case over:
			w.turns.push(i)
		}
	}
	return math.MaxInt64, w.under == 0
}

// place sends requests on one connection until it is full or none is due. One that
// fails has room again at once.
func (w *epollWorker) place(i int, now int64, f *feed) (due int64, v verdict) {
	c := &w.conns[i]
	by := asker{c.source, i}
	if w.config.OneShot {
		by = anybody
	}
	for len(c.asked) < w.config.Pipeline {
		var r request
		if r, due, v = f.next(now, by); v != ready {
			break
		}
		if err := w.launch(i, exchange{r, now, due}); err != nil {
			w.fail(i, now, err, f)
			return now, later
		}
	}
	if c.fd < 0 {
		return due, v
	}
	if err := c.send(); err != nil {
		w.fail(i, now, err, f)
		return now, later
	}
	return due, v
}

// launch puts a request on a connection, a new one if it has ended.
func (w *epollWorker) launch(i int, x exchange) error {
	c := &w.conns[i]
	w.send(&x)
	w.under++
	c.source = x.source
	c.asked = append(c.asked, x)
	if c.fd < 0 {
		if err := w.open(i); err != nil {
			return err
		}
	}
	c.out = w.requests.append(c.out, x.request)
	return nil
}

// serve sends and receives on a connection that has something to say.
func (w *epollWorker) serve(i int, now int64, f *feed) {
	c := &w.conns[i]
	if c.fd < 0 {
		return // it was closed since
	}
	err := c.send()
	for more := err == nil; more && err == nil && c.fd >= 0; {
		var eof bool
		if more, eof, err = c.receive(); err != nil {
			break
		}
		if err = w.understand(c, eof, now); err == nil && eof && c.fd >= 0 {
			err = errCutShort
		}
	}
	if err != nil {
		w.fail(i, now, err, f)
	}
	if !c.waits && len(c.asked) < w.config.Pipeline {
		c.waits = true
		w.turns.push(i)
	}
}

// understand takes the responses that have come on a connection.
func (w *epollWorker) understand(c *httpConn, eof bool, now int64) error {
	rest := c.in
	for len(rest) > 0 {
		if len(c.asked) == 0 {
			return errNoResponse
		}
		r, n, err := parseResponse(rest, eof)
		if err != nil {
			return err
		}
		if n == 0 {
			break
		}
		rest = rest[n:]
		w.read(&c.asked[0], r, now)
		c.asked = append(c.asked[:0], c.asked[1:]...)
		w.under--
		w.answers.Add(1)
		w.silent, w.refused = 0, 0
		switch last := len(c.asked) == 0; {
		case last && (r.close || w.config.OneShot):
			c.close()
			return nil
		case r.close:
			return errCutShort
		}
	}
	c.in = c.in[:copy(c.in, rest)]
	return nil
}

// fail ends a connection and gives up what was asked on it. One that nobody waits
// for may end at any time.
func (w *epollWorker) fail(i int, now int64, err error, f *feed) {
	c := &w.conns[i]
	if len(c.asked) > 0 {
		w.refused++
		w.tally.blame(noConnection, "%v", err)
	}
	for j := range c.asked {
		w.under--
		w.silent++
		w.lose(&c.asked[j], now)
		if f.list {
			f.giveBack(c.asked[j].request)
		}
	}
	c.asked = c.asked[:0]
	c.close()
}

// expire gives up connections that have waited too long for a response.
func (w *epollWorker) expire(now int64, f *feed) {
	timeout := int64(w.config.Timeout)
	w.expiry = now + max(timeout/10, millisecond)
	for i := range w.conns {
		c := &w.conns[i]
		if len(c.asked) == 0 || now-c.asked[0].sent < timeout {
			continue
		}
		w.fail(i, now, errNoAnswer, f)
		if !c.waits {
			c.waits = true
			w.turns.push(i)
		}
	}
}

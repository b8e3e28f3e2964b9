package httploop

import (
	"math"
	"net/netip"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// conn is a connection. There may be very many that wait for their next request, so
// that is all that such a one takes of ours.
type conn struct {
	fd       int32 // -1: not in use
	watched  bool  // in the epoll set
	deadline time.Duration
	addr     netip.Addr
	rest     *rest // nil while the client has nothing to come
}

// rest is what a connection has left for later: a request that has not come whole,
// or answers that the client has not taken, with what came after those requests.
type rest struct {
	in  []byte
	out []byte
	end ending // what to do when out is written
}

// turns is how many times a connection is read before others have theirs.
const turns = 4

// receive reads what has come and answers it; if the end may be part of it, up to that.
func (w *worker) receive(i int32, c *conn, ended bool) {
	for range turns {
		kept := 0
		if c.rest != nil {
			kept = copy(w.in, c.rest.in)
		}
		n, e := recv(int(c.fd), w.in[kept:])
		switch {
		case e == unix.EAGAIN:
			return
		case e == unix.EINTR:
			continue
		case e == 0 && n == 0 && kept > 0:
			w.handOn(i, c, c.rest.in) // half a request is all there will be
			return
		case e != 0 || n == 0:
			w.close(i)
			return
		}
		dry := n < len(w.in)-kept && !ended
		if !w.answer(i, c, w.in[:kept+n], dry) || dry {
			return
		}
	}
	w.again = append(w.again, i)
}

// answer serves the requests in in, which begins with what the connection had left
// and is memory of w or of c.rest. dry tells that the client has sent no more than
// that. It returns whether there is reason to read on.
func (w *worker) answer(i int32, c *conn, in []byte, dry bool) bool {
	for {
		closing := w.closing()
		out, used, end := w.session.serve(w.out[:0], in, c.addr, w.now, closing)
		w.out, in = out, in[used:]
		sent, ok := w.write(c, out, end == last && dry && len(in) == 0 && !closing)
		switch {
		case !ok || sent == len(out) && end == last:
			w.close(i)
			return false
		case sent < len(out):
			w.block(i, c, in, out[sent:], end)
			return false
		case end == strange:
			w.handOn(i, c, in)
			return false
		case end == more:
			w.keep(c, in, used > 0)
			return true
		}
	}
}

// closing tells whether connections are to end with their next answer.
func (w *worker) closing() bool {
	return w.stopping || w.taken() > w.limit-w.limit/8
}

// keep puts away a request that has not come whole. Its time runs from when its
// first byte came, that of an idle connection from the last answer.
func (w *worker) keep(c *conn, in []byte, answered bool) {
	switch {
	case len(in) == 0:
		c.rest = nil
		if answered {
			c.deadline = w.clock + w.config.IdleTimeout
		}
		return
	case c.rest == nil:
		c.rest = new(rest)
		c.deadline = w.clock + w.config.ReadTimeout
	case answered:
		c.deadline = w.clock + w.config.ReadTimeout
	}
	c.rest.in = append(c.rest.in[:0], in...)
}

// write sends as much of out as there is room for, and returns how much that was;
// not ok is a broken connection. With final, the kernel is told that something will
// follow, which then is the end of the connection: the two travel in one packet, and
// a connection for one request costs a fifth less. It must not be said where closing
// could find something unread, for then the kernel drops what it has not sent.
func (w *worker) write(c *conn, out []byte, final bool) (n int, ok bool) {
	flags := unix.MSG_NOSIGNAL
	if final {
		flags |= unix.MSG_MORE
	}
	for n < len(out) {
		m, e := send(int(c.fd), out[n:], flags)
		switch e {
		case 0:
			n += m
		case unix.EINTR:
		case unix.EAGAIN:
			return n, true
		default:
			return n, false
		}
	}
	return n, true
}

// block puts away answers that the client does not take. Nothing more is read until
// it has taken them.
func (w *worker) block(i int32, c *conn, in, out []byte, end ending) {
	c.rest = &rest{in: slices.Clone(in), out: slices.Clone(out), end: end}
	c.deadline = w.clock + w.config.WriteTimeout
	if c.watched {
		w.watchConn(unix.EPOLL_CTL_MOD, i, c)
	}
}

// flush sends answers that were put away, then goes on as was planned.
func (w *worker) flush(i int32, c *conn) {
	r := c.rest
	n, ok := w.write(c, r.out, false)
	r.out = r.out[n:]
	switch {
	case !ok || len(r.out) == 0 && r.end == last:
		w.close(i)
		return
	case len(r.out) > 0:
		return
	}
	r.out = nil
	c.deadline = w.clock + w.config.ReadTimeout
	switch r.end {
	case strange:
		w.handOn(i, c, r.in)
		return
	case more:
		w.keep(c, r.in, true)
	case full:
		if !w.answer(i, c, r.in, false) {
			return
		}
	}
	w.watchConn(unix.EPOLL_CTL_MOD, i, c) // which also tells what came meanwhile
}

// watchConn tells the kernel which events of a connection are wanted. Room to write
// is one only while there is something to write, for every event costs.
func (w *worker) watchConn(op int, i int32, c *conn) {
	events := uint32(unix.EPOLLIN | unix.EPOLLRDHUP | unix.EPOLLET&math.MaxUint32)
	if c.rest != nil && len(c.rest.out) > 0 {
		events |= unix.EPOLLOUT
	}
	if err := w.control(op, int(c.fd), events, i); err != nil { // no memory, or too many watches
		w.log.Warn("connection closed", "error", err)
		w.close(i)
		return
	}
	c.watched = true
}

// handOn gives a connection to net/http, with what was read of it.
func (w *worker) handOn(i int32, c *conn, in []byte) {
	if c.watched { // or the set would go on watching: net/http works on a copy of the descriptor
		_ = unix.EpollCtl(w.epoll, unix.EPOLL_CTL_DEL, int(c.fd), nil)
	}
	h := &handed{fd: int(c.fd), head: slices.Clone(in), gone: func() { w.handed.Add(-1) }}
	w.handed.Add(1)
	w.stats.handed.Add(1)
	w.release(i)
	w.handover.offer(h)
}

func (w *worker) close(i int32) {
	closeFD(int(w.conns[i].fd)) // which takes it out of the epoll set
	w.release(i)
}

// release makes room for another connection.
func (w *worker) release(i int32) {
	w.conns[i] = conn{fd: -1}
	w.free = append(w.free, i)
	w.open--
}

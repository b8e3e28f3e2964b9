package httploop

import (
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"
)

// accepts is how many connections are accepted before others have their turn.
const accepts = 64

// taken is how many connections the worker answers for.
func (w *worker) taken() int { return w.open + int(w.handed.Load()) }

// accept takes connections off the listener. An error means that there is no
// listener any more.
func (w *worker) accept() error {
	for range accepts {
		if w.taken() >= w.limit {
			w.pause("all connections are in use")
			return nil
		}
		fd, from, e := accept(w.listener)
		switch e {
		case 0:
			w.admit(fd, from)
		case unix.EAGAIN:
			return nil
		case unix.EMFILE, unix.ENFILE, unix.ENOBUFS, unix.ENOMEM:
			w.pause(e.Error())
			return nil
		case unix.EBADF, unix.EINVAL, unix.ENOTSOCK:
			return fmt.Errorf("accept: %w", e)
		default: // the connection had an error, or is gone: accept(2)
		}
	}
	return nil
}

// admit begins with a connection. Mostly its first request is here already (see
// deferAccept), and often it is the only one.
func (w *worker) admit(fd int, from netip.Addr) {
	var i int32
	if n := len(w.free); n > 0 {
		i, w.free = w.free[n-1], w.free[:n-1]
	} else {
		i = int32(len(w.conns))
		w.conns = append(w.conns, conn{})
	}
	w.conns[i] = conn{fd: int32(fd), addr: from, deadline: w.clock + w.config.ReadTimeout}
	w.open++
	w.stats.accepted.Add(1)
	w.serve(i, false)
	if c := &w.conns[i]; c.fd >= 0 {
		w.watchConn(unix.EPOLL_CTL_ADD, i, c)
	}
}

// pause stops accepting for a while. Clients wait in the kernel, as long as its
// queue has room.
func (w *worker) pause(reason string) {
	w.paused, w.retry = true, w.clock+pause
	w.stats.paused.Add(1)
	if w.clock >= w.complaint {
		w.complaint = w.clock + complaining
		w.log.Warn("connections have to wait", "reason", reason, "connections", w.taken())
	}
	_ = w.control(unix.EPOLL_CTL_MOD, w.listener, 0, ofListener)
}

// unpause accepts again.
func (w *worker) unpause() {
	w.paused = false
	if w.listener >= 0 {
		_ = w.control(unix.EPOLL_CTL_MOD, w.listener, unix.EPOLLIN, ofListener)
	}
}

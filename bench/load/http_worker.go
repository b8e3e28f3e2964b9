package load

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// httpWorker holds some connections, with TLS or without, by way of package net: a
// goroutine each.
type httpWorker struct {
	config  *Config
	pop     *population
	clock   func() int64
	answers *counter
	conns   []*streamConn
	cursors []cursor

	mu       sync.Mutex // of what follows; goroutines talk one at a time
	talk     httpTalk
	failures int // requests lost since the last reply
}

// streamConn is a connection and its goroutine's buffers.
type streamConn struct {
	index, source int
	conn          net.Conn // nil: none
	out, in       []byte
	asked         []exchange
}

func newHTTPWorker(g *Generator, index int) *httpWorker {
	w := &httpWorker{config: &g.config, pop: g.pop, clock: g.clock, answers: &g.answers[index], talk: newHTTPTalk(g)}
	places := seats(&g.config, index)
	for i, s := range places {
		w.conns = append(w.conns, &streamConn{index: i, source: s.source})
	}
	w.cursors = cursorsOf(g, index, places)
	return w
}

func (w *httpWorker) close() {
	for _, c := range w.conns {
		c.hangUp()
	}
}

func (c *streamConn) hangUp() {
	if c.conn != nil {
		c.conn.Close()
	}
	c.conn, c.in = nil, c.in[:0]
}

// prepare connects anew: trackers end connections that were idle for long.
func (w *httpWorker) prepare(ctx context.Context, r *recorder) error {
	w.talk.recorder = r
	if w.config.OneShot {
		return nil
	}
	group, dialling := errgroup.WithContext(ctx)
	for _, c := range w.conns {
		c.hangUp()
		group.Go(func() error { return w.dial(dialling, c) })
	}
	if err := group.Wait(); err != nil && ctx.Err() == nil {
		return fmt.Errorf("%v: %w", w.config.Target, err)
	}
	return nil
}

func (w *httpWorker) dial(ctx context.Context, c *streamConn) error {
	ctx, cancel := context.WithTimeout(ctx, w.config.Timeout)
	defer cancel()
	from := &net.TCPAddr{IP: w.pop.sources.addr(c.source).AsSlice()}
	conn, err := (&net.Dialer{LocalAddr: from}).DialContext(ctx, "tcp", w.config.Target.Addr.String())
	if err != nil {
		return err
	}
	if w.config.Target.Scheme == "https" {
		secure := tls.Client(conn, w.tls())
		if err := secure.HandshakeContext(ctx); err != nil {
			conn.Close()
			return err
		}
		conn = secure
	}
	c.conn = conn
	return nil
}

func (w *httpWorker) tls() *tls.Config {
	c := w.config.TLS.Clone()
	if c == nil {
		c = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	if host, _, err := net.SplitHostPort(w.config.Target.Host); err == nil {
		c.ServerName = host
	} else {
		c.ServerName = w.config.Target.Host
	}
	return c
}

// fill implements worker.
func (w *httpWorker) fill(ctx context.Context, r *recorder) error {
	w.talk.recorder = r
	return w.run(ctx, filling(w.cursors))
}

// measure implements worker.
func (w *httpWorker) measure(ctx context.Context, r *recorder, f *feed) error {
	w.talk.recorder = r
	f.ahead = true
	return w.run(ctx, f)
}

// run has every connection ask what f says until that is over or ctx is done.
func (w *httpWorker) run(ctx context.Context, f *feed) error {
	w.failures = 0
	group, ctx := errgroup.WithContext(ctx)
	for _, c := range w.conns {
		group.Go(func() error {
			for ctx.Err() == nil {
				if more, err := w.turn(ctx, c, f); !more || err != nil {
					return err
				}
			}
			return nil
		})
	}
	return group.Wait()
}

// turn asks one request, or as many as a connection takes, and awaits the responses.
func (w *httpWorker) turn(ctx context.Context, c *streamConn, f *feed) (more bool, err error) {
	if !w.take(c, f) {
		return false, nil
	}
	if !sleep(ctx, time.Duration(c.asked[0].due-w.clock())) {
		return false, nil
	}
	err = w.exchange(ctx, c)
	w.mu.Lock()
	defer w.mu.Unlock()
	if err == nil {
		w.failures = 0
		return true, nil
	}
	c.hangUp()
	if ctx.Err() != nil {
		return false, nil
	}
	w.talk.tally.blame(noConnection, "%v", err)
	now := w.clock()
	for i := range c.asked {
		w.talk.lose(&c.asked[i], now)
		if f.list {
			f.giveBack(c.asked[i].request)
		}
	}
	if w.failures += len(c.asked); w.failures > maxRefused || f.list && w.failures > 4*len(w.conns)*w.config.Pipeline {
		return false, fmt.Errorf("%v: no answer to %d requests: %w", w.config.Target, w.failures, err)
	}
	return true, nil
}

// take draws the requests of one turn: in an open loop a single one, which is due
// now or later.
func (w *httpWorker) take(c *streamConn, f *feed) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	by := asker{c.source, c.index}
	if w.config.OneShot {
		by = anybody
	}
	room := w.config.Pipeline
	if !f.list && w.config.Rate > 0 {
		room = 1
	}
	c.asked, c.out = c.asked[:0], c.out[:0]
	for len(c.asked) < room {
		now := w.clock()
		r, due, v := f.next(now, by)
		if v != ready {
			break
		}
		x := exchange{request: r, sent: max(now, due), due: due}
		w.talk.send(&x)
		c.asked = append(c.asked, x)
		c.out = w.talk.requests.append(c.out, r)
	}
	return len(c.asked) > 0
}

// exchange sends the requests of one turn and reads their responses.
func (w *httpWorker) exchange(ctx context.Context, c *streamConn) error {
	if c.conn == nil {
		c.source = c.asked[0].source
		if err := w.dial(ctx, c); err != nil {
			return err
		}
	}
	if err := c.conn.SetDeadline(time.Now().Add(w.config.Timeout)); err != nil {
		return err
	}
	if _, err := c.conn.Write(c.out); err != nil {
		return err
	}
	for len(c.asked) > 0 {
		closes, err := w.response(c)
		if err != nil {
			return err
		}
		c.asked = append(c.asked[:0], c.asked[1:]...)
		if closes || w.config.OneShot {
			c.hangUp()
			if len(c.asked) > 0 {
				return errCutShort
			}
		}
	}
	return nil
}

// response awaits the response to the first request of a turn.
func (w *httpWorker) response(c *streamConn) (closes bool, err error) {
	eof := false
	for {
		if len(c.in) > 0 || eof {
			r, n, err := parseResponse(c.in, eof)
			if err != nil {
				return false, err
			}
			if n > 0 {
				w.mu.Lock()
				w.talk.read(&c.asked[0], r, w.clock())
				w.mu.Unlock()
				w.answers.Add(1)
				c.in = c.in[:copy(c.in, c.in[n:])]
				return r.close, nil
			}
		}
		if cap(c.in)-len(c.in) < readSize {
			c.in = append(c.in, make([]byte, readSize)...)[:len(c.in)]
		}
		n, err := c.conn.Read(c.in[len(c.in):cap(c.in)])
		c.in = c.in[:len(c.in)+n]
		if err != nil && n == 0 {
			if eof = errors.Is(err, io.EOF); !eof {
				return false, err
			}
		}
	}
}

// sleep tells whether it has slept, and not been woken by ctx.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

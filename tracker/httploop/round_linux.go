package httploop

import "golang.org/x/sys/unix"

// round is what has come on several connections, to be answered together: who answers may look
// ahead, and neither reading nor answering drives the other from the processor's caches each time.
type round struct {
	expect   Expect   // nil: nobody wants to know
	received []string // in memory
	conns    [roundMost]int32
	memory   [roundMost][roundPart + roundGap]byte
}

// roundMost is how many connections make a round: the first answer waits for the last request
// to be read. From roundWorth on it is worth while to look ahead.
const (
	roundMost  = 16
	roundWorth = 4
)

// roundPart is how much is read of a connection, several times what clients send; roundGap is
// room so that the beginnings do not compete for one set of the processor's cache.
const (
	roundPart = 4 << 10
	roundGap  = 192
)

// receiveInRound reads what has come on a connection that has left nothing for later. It is
// answered at the end of the round.
func (w *worker) receiveInRound(i int32, c *conn) {
	r := &w.round
	k := len(r.received)
	part := r.memory[k][:roundPart]
	n, e := recv(int(c.fd), part)
	switch {
	case e == unix.EAGAIN:
		return
	case e == unix.EINTR:
		w.again = append(w.again, i)
		return
	case e != 0 || n == 0:
		w.close(i)
		return
	}
	r.conns[k] = i
	if r.received = append(r.received, view(part[:n])); len(r.received) == roundMost {
		w.answerRound()
	}
}

// answerRound answers what has come in the round, and begins another.
func (w *worker) answerRound() {
	r := &w.round
	if r.expect != nil && len(r.received) >= roundWorth {
		w.foresee()
	}
	for k, in := range r.received {
		w.answerInRound(r.conns[k], r.memory[k][:len(in)])
	}
	r.received = r.received[:0]
}

// foresee has somebody look ahead. A panic costs the view.
func (w *worker) foresee() {
	defer func() {
		if p := recover(); p != nil {
			w.complainOf(p)
		}
	}()
	w.round.expect(w.round.received)
}

// answerInRound is [worker.serve] for a connection that was read in a round.
func (w *worker) answerInRound(i int32, in []byte) {
	defer w.rescue(i)
	dry := len(in) < roundPart
	if w.answer(i, &w.conns[i], in, dry) && !dry {
		w.again = append(w.again, i)
	}
}

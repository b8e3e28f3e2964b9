package load

import (
	"net"
	"net/netip"
	"sync"
	"time"
)

// portableWire has a socket for each source, and a goroutine that listens on it.
type portableWire struct {
	conns   []*net.UDPConn
	out     []outgoing
	arrived chan []byte
	in      [][]byte
	timer   *time.Timer
	done    chan struct{}
	readers sync.WaitGroup
}

// portableBuffer is what a socket asks of the kernel for what it receives, in bytes.
const portableBuffer = 4 << 20

type outgoing struct {
	source   int
	datagram []byte
}

func newPortableWire(target netip.AddrPort, s *sources) (wire, error) {
	w := &portableWire{arrived: make(chan []byte, batch), timer: time.NewTimer(time.Hour), done: make(chan struct{})}
	for i := range s.count {
		local := net.UDPAddrFromAddrPort(netip.AddrPortFrom(s.addr(i), 0))
		conn, err := net.DialUDP("udp", local, net.UDPAddrFromAddrPort(target))
		if err != nil {
			w.close()
			return nil, err
		}
		_ = conn.SetReadBuffer(portableBuffer) // the kernel grants what it likes
		w.conns = append(w.conns, conn)
	}
	for _, conn := range w.conns {
		w.readers.Go(func() { w.read(conn) })
	}
	return w, nil
}

// read passes on what arrives until the wire is closed.
func (w *portableWire) read(conn *net.UDPConn) {
	buffer := make([]byte, maxReply)
	for {
		n, err := conn.Read(buffer)
		if err != nil { // nobody listens there: the request is lost
			select {
			case <-w.done:
				return
			default:
				continue
			}
		}
		select {
		case w.arrived <- append([]byte(nil), buffer[:n]...):
		case <-w.done:
			return
		}
	}
}

func (w *portableWire) stage(source int, datagram []byte) bool {
	w.out = append(w.out, outgoing{source, append([]byte(nil), datagram...)})
	return len(w.out) < batch
}

// flush sends; what the kernel refuses is lost, as on the way.
func (w *portableWire) flush() error {
	for _, o := range w.out {
		_, _ = w.conns[o.source].Write(o.datagram)
	}
	w.out = w.out[:0]
	return nil
}

func (w *portableWire) receive(wait time.Duration) (int, error) {
	w.in = w.in[:0]
	w.timer.Reset(max(wait, 0))
	select {
	case p := <-w.arrived:
		w.in = append(w.in, p)
	case <-w.timer.C:
		return 0, nil
	}
	for len(w.in) < batch {
		select {
		case p := <-w.arrived:
			w.in = append(w.in, p)
		default:
			return len(w.in), nil
		}
	}
	return len(w.in), nil
}

func (w *portableWire) packet(i int) []byte { return w.in[i] }

func (w *portableWire) close() {
	close(w.done)
	for _, conn := range w.conns {
		conn.Close()
	}
	w.readers.Wait()
}

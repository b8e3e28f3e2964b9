package live

import (
	"net"
	"sync/atomic"
	"testing"

	"github.com/anacrolix/torrent"
	pp "github.com/anacrolix/torrent/peer_protocol"
)

func TestBytesFromStrangersAreNotTakenForAClients(t *testing.T) {
	senders := directory{Address(1, 1): 0, Address(2, 1): 1}
	c := client{Peer: Peer{Addr: Address(1, 1)}, received: make([]atomic.Int64, len(senders))}
	receive := func(from string, n int) {
		addr, err := net.ResolveTCPAddr("tcp", from)
		if err != nil {
			t.Fatal(err)
		}
		peer := new(torrent.Peer)
		peer.RemoteAddr = addr
		c.count(torrent.ReceivedUsefulDataEvent{Peer: peer, Message: &pp.Message{Piece: make([]byte, n)}}, senders)
	}
	receive("127.0.2.1:40000", 100)
	receive("[::ffff:127.0.2.1]:40001", 20)
	r := &run{clients: []*client{&c}}
	if err := r.strays(); err != nil {
		t.Error(err)
	}
	receive("127.0.0.1:40002", 3) // a socket that was not bound
	if err := r.strays(); err == nil {
		t.Error("bytes from 127.0.0.1 went unnoticed")
	}
	if c.received[1].Load() != 120 || c.total() != 120 {
		t.Errorf("received %d bytes from 127.0.2.1, %d in all; want 120", c.received[1].Load(), c.total())
	}
}

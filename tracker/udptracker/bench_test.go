package udptracker

import (
	"testing"

	"github.com/altracker/altracker/tracker"
)

func BenchmarkHandleConnect(b *testing.B) {
	w := testWorker(b, &stub{})
	reply := make([]byte, 0, maxReply4)
	packet := []byte("\x00\x00\x04\x17\x27\x10\x19\x80\x00\x00\x00\x00\x12\x34\x56\x78")
	b.ReportAllocs()
	for b.Loop() {
		w.handle(reply, packet, client4)
	}
}

func BenchmarkHandleAnnounce50(b *testing.B) {
	w := testWorker(b, &stub{answer: tracker.AnnounceResponse{Peers: make([]byte, 300)}})
	reply := make([]byte, 0, maxReply4)
	packet := w.packet(client4, actionAnnounce, goodAnnounce().bytes())
	b.ReportAllocs()
	for b.Loop() {
		w.handle(reply, packet, client4)
	}
}

func BenchmarkHandleBadID(b *testing.B) {
	w := testWorker(b, &stub{})
	reply := make([]byte, 0, maxReply4)
	packet := w.packet(client6, actionAnnounce, goodAnnounce().bytes())
	b.ReportAllocs()
	for b.Loop() {
		w.handle(reply, packet, client4)
	}
}

func BenchmarkParseAnnounce(b *testing.B) {
	packet := testWorker(b, nil).packet(client4, actionAnnounce, goodAnnounce().bytes())
	var r tracker.AnnounceRequest
	b.ReportAllocs()
	for b.Loop() {
		if err := parseAnnounce(&r, packet, client4.Addr()); err != nil {
			b.Fatal(err)
		}
	}
}

package udptracker

import (
	"bytes"
	"context"
	"net"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/altracker/altracker/tracker"
)

// BenchmarkServe sends announces through the loopback interface, so many at a time,
// and waits for their answers. What it measures is the CPU time of the process, the
// client's part, which is the same for both, included.
func BenchmarkServe(b *testing.B) {
	for _, window := range []int{1, 64} {
		for name, portable := range map[string]bool{"batches": false, "portable": true} {
			b.Run(strconv.Itoa(window)+"/"+name, func(b *testing.B) { benchmarkServe(b, window, portable) })
		}
	}
}

func benchmarkServe(b *testing.B, window int, portable bool) {
	s, err := New(Config{
		Listen: "127.0.0.1:0", Workers: 1, Portable: portable,
		Handler: &stub{answer: tracker.AnnounceResponse{Peers: make([]byte, 34*stride4)}},
	})
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(b.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	defer func() {
		cancel()
		if err := <-done; err != nil {
			b.Error(err)
		}
	}()
	client, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(s.Addr()))
	if err != nil {
		b.Fatal(err)
	}
	defer client.Close()
	client.SetDeadline(time.Now().Add(time.Minute))
	buf := make([]byte, 2048)
	client.Write([]byte("\x00\x00\x04\x17\x27\x10\x19\x80\x00\x00\x00\x00abcd"))
	if n, err := client.Read(buf); n != 16 {
		b.Fatal(n, err)
	}
	announce := append(append(bytes.Clone(buf[8:16]), "\x00\x00\x00\x01wxyz"...), goodAnnounce().bytes()...)
	start, answered := cpuTime(b), 0
	for b.Loop() {
		for range window {
			client.Write(announce)
		}
		for range window {
			if n, err := client.Read(buf); n != answerLen+34*stride4 {
				b.Fatal(n, err)
			}
		}
		answered += window
	}
	b.ReportMetric(float64(cpuTime(b)-start)/float64(answered), "cpu-ns/announce")
}

// cpuTime returns how long the process has run, in all its threads.
func cpuTime(b *testing.B) time.Duration {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

package httploop

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// askAtOnce has n clients, which it returns, ask before any is answered, and checks the answers.
func (d driven) askAtOnce(n int) []int {
	d.t.Helper()
	clients := make([]int, n)
	for i := range clients {
		clients[i] = d.connect(unix.SOCK_STREAM, "")
	}
	for i, client := range clients {
		d.say(client, ask(i))
	}
	d.turn()
	for i, client := range clients {
		if got, closed := hear(client); got != reply(i) || closed {
			d.t.Errorf("client %d heard %q", i, got)
		}
	}
	return clients
}

// TestARoundIsForeseenAndAnswered has more connections speak at once than a round holds: each is
// answered as it asked, and who looks ahead is told of all of a round before the first answer.
func TestARoundIsForeseenAndAnswered(t *testing.T) {
	const clients = 2*roundMost + roundWorth + 1
	var events []string
	cfg := testConfig()
	cfg.NewExpect = func() Expect {
		return func(received []string) {
			if len(received) < roundWorth || len(received) > roundMost {
				t.Errorf("told of %d at once", len(received))
			}
			for _, r := range received {
				events = append(events, "expect "+strings.Clone(r))
			}
		}
	}
	cfg.NewAnswer = func() Answer {
		return func(b []byte, r *Request) []byte {
			events = append(events, "answer "+strings.Clone(r.Query))
			return echo(b, r)
		}
	}
	d := drive(t, cfg)
	sockets := d.askAtOnce(clients)
	for i := range sockets {
		expected, answered := slices.Index(events, "expect "+ask(i)), slices.Index(events, fmt.Sprintf("answer n=%d", i))
		if expected < 0 || answered < expected {
			t.Errorf("client %d is expected at %d and answered at %d of %q", i, expected, answered, events)
		}
	}

	events = nil
	d.say(sockets[0], ask(0))
	d.turn()
	if want := []string{"answer n=0"}; !slices.Equal(events, want) {
		t.Errorf("one alone: %q", events)
	}
}

// TestWhatIsNoWholeRequestInARound: more than a round reads of one connection, less than a
// request, several of them, none, and one that panics are all there at once.
func TestWhatIsNoWholeRequestInARound(t *testing.T) {
	cfg := testConfig()
	cfg.Log = slog.New(slog.DiscardHandler)
	cfg.NewAnswer = unluckyAt(-13)
	d := drive(t, cfg)
	var clients [6]int
	for i := range clients {
		clients[i] = d.connect(unix.SOCK_STREAM, "")
	}
	many, some := 2*roundPart/len(ask(0)), 3
	d.say(clients[0], run(many, ask))
	d.say(clients[1], ask(1)[:20])
	d.say(clients[2], run(some, ask))
	unix.Shutdown(clients[3], unix.SHUT_RDWR)
	d.say(clients[4], ask(-13))
	d.say(clients[5], ask(5))
	for range many {
		d.turn()
	}
	d.say(clients[1], ask(1)[20:])
	d.turn()
	for i, want := range map[int]string{0: run(many, reply), 1: reply(1), 2: run(some, reply), 5: reply(5)} {
		if got, closed := hear(clients[i]); got != want || closed {
			t.Errorf("client %d: closed %v, heard %d bytes, want %d", i, closed, len(got), len(want))
		}
	}
	if _, closed := hear(clients[4]); !closed || d.stats.panics.Load() != 1 || d.open != 4 {
		t.Errorf("closed %v, %d panics, %d connections are open", closed, d.stats.panics.Load(), d.open)
	}
}

// TestWhoLooksAheadMayPanic: the requests are answered all the same.
func TestWhoLooksAheadMayPanic(t *testing.T) {
	cfg := testConfig()
	cfg.Log = slog.New(slog.DiscardHandler)
	cfg.NewExpect = func() Expect { return func([]string) { panic("blind") } }
	d := drive(t, cfg)
	d.askAtOnce(roundWorth)
	if n := d.stats.panics.Load(); n != 1 {
		t.Errorf("%d panics", n)
	}
}

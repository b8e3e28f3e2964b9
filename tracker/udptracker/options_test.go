package udptracker

import (
	"strings"
	"testing"
)

func TestURLDataIsCollected(t *testing.T) {
	long := strings.Repeat("u", 255)
	for _, c := range []struct{ name, options, want string }{
		{"none", "", ""},
		{"BEP 41, first example", "\x02\x0c/dir?a=b&c=d", "/dir?a=b&c=d"},
		{"BEP 41, second example", "\x02\x0c/dir?a=b&c=d\x01\x01\x00", "/dir?a=b&c=d"},
		{"BEP 41, third example", "\x02\x00", ""},
		{"two parts", "\x02\xff" + long + "\x02\x03end", long + "end"},
		{"leading padding", "\x01\x01\x02\x02/a", "/a"},
		{"unknown option", "\x07\x03xyz\x02\x02/a", "/a"},
		{"unknown empty option", "\xff\x00\x02\x02/a", "/a"},
		{"after the end", "\x00\x02\x02/a", ""},
		{"no length", "\x02", ""},
		{"cut short", "\x02\x05/a", ""},
		{"cut short after a good one", "\x02\x02/a\x02\x05/b", "/a"},
		{"zeroes", strings.Repeat("\x00", 40), ""},
	} {
		if got := string(appendURLData(nil, []byte(c.options))); got != c.want {
			t.Errorf("%s: have %q, want %q", c.name, got, c.want)
		}
	}
}

func TestAnnounceWithOptionsIsAnswered(t *testing.T) {
	for _, options := range []string{"\x02\x09/announce", "\x02\xff", "rubbish", "\x00"} {
		h := &stub{}
		w := testWorker(t, h)
		p := append(w.packet(client4, actionAnnounce, goodAnnounce().bytes()), options...)
		if reply := w.handle(nil, p, client4); len(reply) != answerLen || h.announced != 1 {
			t.Errorf("%q: answered %q", options, reply)
		}
		if got, want := w.stats.urlData.Load() == 1, options == "\x02\x09/announce"; got != want {
			t.Errorf("%q: counted as a URL: %v", options, got)
		}
	}
}

func FuzzURLData(f *testing.F) {
	f.Add([]byte("\x02\x0c/dir?a=b&c=d\x01\x01\x00"))
	f.Add([]byte("\x02\xff"))
	f.Fuzz(func(t *testing.T, options []byte) {
		url := appendURLData([]byte("kept"), options)
		if !strings.HasPrefix(string(url), "kept") || len(url)-4 > len(options) {
			t.Errorf("%q became %q", options, url)
		}
	})
}

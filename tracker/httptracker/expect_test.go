package httptracker

import (
	"strings"
	"testing"

	"github.com/altracker/altracker/tracker/swarm"
)

func TestInfoHashesAreGuessed(t *testing.T) {
	const escaped = "%124Vx%9A%BC%DE%F1%23Eg%89%AB%CD%EF%124Vx%9A"
	hash, err := swarm.ParseInfoHash("123456789abcdef123456789abcdef123456789a")
	if err != nil {
		t.Fatal(err)
	}
	for request, ok := range map[string]bool{
		"GET /announce?info_hash=" + escaped + "&port=1 HTTP/1.1\r\n\r\n":            true,
		"GET /scrape?info_hash=" + escaped + " HTTP/1.1\r\n\r\n":                     true,
		"GET /announce?port=1&numwant=50&info_hash=" + escaped:                       true,
		"GET /announce?" + strings.Repeat("x", guessWithin) + "info_hash=" + escaped: false,
		"GET /announce?info_hash=" + escaped[:20]:                                    false,
		"GET /announce?info_hash=":                                                   false,
		"":                                                                           false,
	} {
		if got, found := guessHash(request); found != ok || ok && got != hash {
			t.Errorf("%q: %v, %v", request, got, found)
		}
	}
}

// expecting is a handler that wants to know what is coming.
type expecting struct {
	stub
	expected []swarm.InfoHash
}

func (e *expecting) Expect(hashes []swarm.InfoHash) { e.expected = append(e.expected, hashes...) }

func TestHandlersAreToldWhatIsComing(t *testing.T) {
	h := &expecting{}
	expect := (&Server{handler: h}).newExpect()
	received := []string{
		"GET /announce?info_hash=aaaaaaaaaaaaaaaaaaaa&port=1 HTTP/1.1\r\n\r\n", "nonsense", "GET /scrape?info_hash=bbbbbbbbbbbbbbbbbbbb HTTP/1.1\r\n\r\n",
	}
	if n := testing.AllocsPerRun(100, func() {
		h.expected = h.expected[:0]
		expect(received)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
	if len(h.expected) != 2 || h.expected[0] != swarm.InfoHash([]byte("aaaaaaaaaaaaaaaaaaaa")) || h.expected[1] != swarm.InfoHash([]byte("bbbbbbbbbbbbbbbbbbbb")) {
		t.Errorf("told of %v", h.expected)
	}
	if (&Server{handler: &stub{}}).newExpect() != nil {
		t.Error("a handler that does not want to know is told")
	}
}

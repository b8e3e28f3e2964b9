package httptracker

import (
	"strings"

	"github.com/altracker/altracker/tracker"
	"github.com/altracker/altracker/tracker/httploop"
	"github.com/altracker/altracker/tracker/swarm"
)

// newExpect returns what tells the handler, for one worker, which swarms requests are about; nil
// if it does not want to know.
func (s *Server) newExpect() httploop.Expect {
	expecter, ok := s.handler.(tracker.Expecter)
	if !ok {
		return nil
	}
	var hashes []swarm.InfoHash
	return func(received []string) {
		hashes = hashes[:0]
		for _, request := range received {
			if h, ok := guessHash(request); ok {
				hashes = append(hashes, h)
			}
		}
		expecter.Expect(hashes)
	}
}

// guessHash returns the first info hash of what looks like a request, without asking whether it
// is one: requests are parsed when they are answered.
func guessHash(request string) (h swarm.InfoHash, ok bool) {
	const key = "info_hash="
	at := strings.Index(request[:min(len(request), guessWithin)], key)
	if at < 0 {
		return h, false
	}
	_, ok = takeID((*[20]byte)(&h), request[at+len(key):])
	return h, ok
}

// guessWithin is how far an info hash is looked for: most clients name it first.
const guessWithin = 64

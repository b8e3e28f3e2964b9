package netns

import (
	"bufio"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
)

//go:embed libtorrent_peer.py
var libtorrentPeer []byte

// libtorrent is a session of libtorrent in Python, which answers line by line and ends
// with its input.
type libtorrent struct {
	*seat
	program *process

	mu      sync.Mutex // guards the talk
	say     io.WriteCloser
	answers *bufio.Reader
	hear    io.Closer
}

func (l *Lab) libtorrent(s *seat) (client, error) {
	script := filepath.Join(l.work, "libtorrent_peer.py")
	if err := os.WriteFile(script, libtorrentPeer, 0o600); err != nil {
		return nil, err
	}
	settings := map[string]any{
		"listen_interfaces": fmt.Sprintf("%v:6881", s.Addr), "connections_limit": s.connections,
		"enable_dht": false, "enable_lsd": false, "enable_upnp": false, "enable_natpmp": false,
		"enable_incoming_utp": false, "enable_outgoing_utp": false,
	}
	if s.slots > 0 {
		settings["unchoke_slots_limit"] = s.slots
	}
	if s.interval > 0 {
		settings["min_announce_interval"] = int(s.interval.Seconds()) // five minutes if it is not told
	}
	text, err := json.Marshal(settings)
	if err != nil {
		return nil, err
	}
	in, say, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer in.Close() // the program has it
	hear, out, err := os.Pipe()
	if err != nil {
		say.Close()
		return nil, err
	}
	defer out.Close()
	p, err := l.keep(s.space.start(s.name, filepath.Join(l.work, s.name+".log"), in, out, s.python, script, s.folder, s.torrent, string(text)))
	if err != nil {
		say.Close()
		hear.Close()
	}
	return &libtorrent{seat: s, program: p, say: say, answers: bufio.NewReader(hear), hear: hear}, err
}

func (t *libtorrent) process() *process { return t.program }

func (t *libtorrent) close() {
	t.say.Close()
	t.hear.Close()
}

func (t *libtorrent) join(ctx context.Context) error {
	_, err := t.ask("join")
	return err
}

func (t *libtorrent) state(context.Context) (state, error) { return t.ask("state") }

// ask waits for as long as the program runs: it answers at once, whatever it does.
func (t *libtorrent) ask(word string) (s state, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, err := fmt.Fprintln(t.say, word); err != nil {
		return s, fmt.Errorf("%s: %w", t.name, err)
	}
	line, err := t.answers.ReadBytes('\n')
	if err != nil {
		return s, fmt.Errorf("%s: %w", t.name, err)
	}
	if err := json.Unmarshal(line, &s); err != nil {
		return s, fmt.Errorf("%s: %w", t.name, err)
	}
	return s, nil
}

package netns

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
)

//go:embed libtorrent_peer.py
var libtorrentPeer string

// libtorrent is a session of libtorrent in Python.
type libtorrent struct {
	*seat
	program *process
	rpc     *rpc
}

func (l *Lab) libtorrent(s *seat) (client, error) {
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
	p, err := l.start(s.space, s.name, s.python, "-c", libtorrentPeer, s.folder, s.torrent, string(text))
	return &libtorrent{s, p, newRPC(s.space, "http://127.0.0.1:8080/")}, err
}

func (t *libtorrent) process() *process { return t.program }
func (t *libtorrent) close()            { t.rpc.close() }

func (t *libtorrent) join(ctx context.Context) error { return t.rpc.call(ctx, "join", new(state)) }

func (t *libtorrent) state(ctx context.Context) (s state, err error) {
	err = t.rpc.call(ctx, "state", &s)
	return s, err
}

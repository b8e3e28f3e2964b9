package netns

import (
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
)

// transmission is a transmission-daemon.
type transmission struct {
	*seat
	program *process
	rpc     *rpc
}

func (l *Lab) transmission(s *seat) (client, error) {
	home := filepath.Join(l.work, s.name+"-settings")
	settings := map[string]any{
		"dht-enabled": false, "pex-enabled": s.public, "lpd-enabled": false, "utp-enabled": false, "port-forwarding-enabled": false,
		"encryption": 0, "preallocation": 0, "rename-partial-files": false, "incomplete-dir-enabled": false,
		"download-dir": s.folder, "peer-limit-per-torrent": s.connections, "peer-limit-global": s.connections,
		"rpc-bind-address": "127.0.0.1", "rpc-port": 9091, "rpc-authentication-required": false,
		"ratio-limit-enabled": false, "idle-seeding-limit-enabled": false, "download-queue-enabled": false, "seed-queue-enabled": false,
	}
	if s.slots > 0 {
		settings["upload-slots-per-torrent"] = s.slots
	}
	text, err := json.Marshal(settings)
	if err != nil {
		return nil, err
	}
	if err := os.Mkdir(home, 0o700); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(home, "settings.json"), text, 0o600); err != nil {
		return nil, err
	}
	p, err := l.start(s.space, s.name, "transmission-daemon", "--foreground", "--log-info", "--config-dir", home)
	return &transmission{s, p, newRPC(s.space, "http://127.0.0.1:9091/transmission/rpc")}, err
}

func (t *transmission) process() *process { return t.program }
func (t *transmission) close()            { t.rpc.close() }

// transmissionReply is what it answers; other fields depend on the method.
type transmissionReply struct {
	Result    string `json:"result"`
	Arguments struct {
		Torrents []transmissionTorrent `json:"torrents"`
	} `json:"arguments"`
}

type transmissionTorrent struct {
	HaveValid      int64   `json:"haveValid"`
	LeftUntilDone  int64   `json:"leftUntilDone"`
	UploadedEver   int64   `json:"uploadedEver"`
	DownloadedEver int64   `json:"downloadedEver"`
	Metadata       float64 `json:"metadataPercentComplete"`
	Status         int     `json:"status"`
	Error          int     `json:"error"`
	ErrorString    string  `json:"errorString"`
	Peers          []struct {
		Address netip.Addr `json:"address"`
	} `json:"peers"`
}

// Numbers of the protocol: a torrent whose files cannot be read or written, and one that is
// downloading or seeding, neither waiting nor checking its files.
const (
	transmissionLocalError  = 3
	transmissionDownloading = 4
	transmissionSeeding     = 6
)

func (t *transmission) call(ctx context.Context, method string, arguments any) (*transmissionReply, error) {
	reply := new(transmissionReply)
	if err := t.rpc.call(ctx, map[string]any{"method": method, "arguments": arguments}, reply); err != nil {
		return nil, err
	}
	if reply.Result != "success" {
		return nil, fmt.Errorf("%s: %s: %s", t.name, method, reply.Result)
	}
	return reply, nil
}

func (t *transmission) join(ctx context.Context) error {
	_, err := t.call(ctx, "torrent-add", map[string]any{"filename": t.torrent, "download-dir": t.folder})
	return err
}

func (t *transmission) state(ctx context.Context) (state, error) {
	reply, err := t.call(ctx, "torrent-get", map[string]any{"fields": []string{
		"haveValid", "leftUntilDone", "uploadedEver", "downloadedEver", "metadataPercentComplete", "status", "error", "errorString", "peers",
	}})
	if err != nil || len(reply.Arguments.Torrents) == 0 {
		return state{}, err
	}
	got := reply.Arguments.Torrents[0]
	if got.Error == transmissionLocalError {
		return state{}, fmt.Errorf("%s: %s", t.name, got.ErrorString)
	}
	s := state{
		Begun: got.HaveValid > 0, Complete: got.LeftUntilDone == 0 && got.Status == transmissionSeeding,
		Sent: got.UploadedEver, Received: got.DownloadedEver,
	}
	for _, p := range got.Peers {
		s.Peers = append(s.Peers, p.Address)
	}
	return s, nil
}

package netns

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strconv"
	"strings"
)

// aria2 is an aria2c.
type aria2 struct {
	*seat
	program *process
	rpc     *rpc
	gid     string // of the download; empty: it has not joined
}

func (l *Lab) aria2(s *seat) (client, error) {
	args := []string{
		"aria2c", "--no-conf", "--enable-rpc", "--rpc-listen-port", "6800", "--dir", s.folder, "--listen-port", "6881", "--disable-ipv6",
		"--enable-dht=false", "--enable-dht6=false", "--bt-enable-lpd=false", "--enable-peer-exchange=" + strconv.FormatBool(s.public),
		"--seed-ratio", "0", "--check-integrity", "--file-allocation", "none", "--disk-cache", "0", "--console-log-level", "notice", "--summary-interval", "0",
		"--bt-max-peers", strconv.Itoa(s.connections), "--bt-request-peer-speed-limit", "1",
	}
	if s.interval > 0 {
		args = append(args, "--bt-tracker-interval", strconv.Itoa(int(s.interval.Seconds())))
	}
	p, err := l.start(s.space, s.name, args...)
	return &aria2{seat: s, program: p, rpc: newRPC(s.space, "http://127.0.0.1:6800/jsonrpc")}, err
}

func (a *aria2) process() *process { return a.program }
func (a *aria2) close()            { a.rpc.close() }

// call asks for one thing, which lands in result.
func (a *aria2) call(ctx context.Context, method string, result any, params ...any) error {
	reply := struct {
		Result any `json:"result"`
		Error  *struct {
			Message string `json:"message"`
		} `json:"error"`
	}{Result: result}
	question := map[string]any{"jsonrpc": "2.0", "id": "altbench", "method": method, "params": append([]any{}, params...)}
	if err := a.rpc.call(ctx, question, &reply); err != nil {
		return err
	}
	if reply.Error != nil {
		return fmt.Errorf("%s: %s: %s", a.name, method, reply.Error.Message)
	}
	return nil
}

func (a *aria2) join(ctx context.Context) error {
	torrent, err := os.ReadFile(a.torrent)
	if err != nil {
		return err
	}
	return a.call(ctx, "aria2.addTorrent", &a.gid, base64.StdEncoding.EncodeToString(torrent))
}

func (a *aria2) state(ctx context.Context) (state, error) {
	if a.gid == "" {
		return state{}, a.call(ctx, "aria2.getVersion", new(any))
	}
	var got struct {
		Status, Bitfield, ErrorMessage, Seeder                string
		CompletedLength, UploadLength, VerifyIntegrityPending string
		TotalLength                                           string
	}
	if err := a.call(ctx, "aria2.tellStatus", &got, a.gid); err != nil {
		return state{}, err
	}
	if got.Status == "error" {
		return state{}, fmt.Errorf("%s: %s", a.name, got.ErrorMessage)
	}
	sent, err1 := strconv.ParseInt(got.UploadLength, 10, 64)
	have, err2 := strconv.ParseInt(got.CompletedLength, 10, 64)
	if err := errors.Join(err1, err2); err != nil {
		return state{}, fmt.Errorf("%s: %w", a.name, err)
	}
	s := state{Begun: strings.Trim(got.Bitfield, "0") != "", Complete: got.Seeder == "true", Sent: sent, Received: have}
	return s, a.connections(ctx, &s)
}

func (a *aria2) connections(ctx context.Context, s *state) error {
	var peers []struct {
		IP netip.Addr `json:"ip"`
	}
	if err := a.call(ctx, "aria2.getPeers", &peers, a.gid); err != nil {
		return err
	}
	for _, p := range peers {
		s.Peers = append(s.Peers, p.IP)
	}
	return nil
}

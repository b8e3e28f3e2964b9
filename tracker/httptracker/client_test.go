package httptracker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"testing"
	"time"

	anacrolix "github.com/anacrolix/torrent/tracker"
	"github.com/anacrolix/torrent/types/infohash"

	"github.com/altracker/altracker/tracker"
	"github.com/altracker/altracker/tracker/swarm"
	"github.com/altracker/altracker/tracker/trackertest"
)

// scriptClient is a client for the script, made of the standard library and a
// bencode decoder of other people.
type scriptClient struct {
	port    uint16
	compact string // the value of that key
}

var eventNames = []string{tracker.Completed: "completed", tracker.Started: "started", tracker.Stopped: "stopped"}

func (c scriptClient) Announce(t *testing.T, r tracker.AnnounceRequest) (trackertest.Answer, error) {
	q := url.Values{
		"info_hash": {string(r.InfoHash[:])},
		"peer_id":   {string(r.PeerID[:])},
		"port":      {fmt.Sprint(r.Addr.Port())},
		"left":      {fmt.Sprint(r.Left)},
		"numwant":   {fmt.Sprint(r.NumWant)},
		"compact":   {c.compact},
	}
	if r.Event != tracker.None {
		q.Set("event", eventNames[r.Event])
	}
	m, err := c.get(t, r.Addr.Addr(), "/announce", q)
	if err != nil {
		return trackertest.Answer{}, err
	}
	return trackertest.Answer{
		Interval:   time.Duration(m["interval"].(int64)) * time.Second,
		Complete:   int(m["complete"].(int64)),
		Incomplete: int(m["incomplete"].(int64)),
		Peers:      c.peers(t, m),
	}, nil
}

func (c scriptClient) peers(t *testing.T, m map[string]any) (peers []netip.AddrPort) {
	if c.compact == "1" {
		six, _ := m["peers6"].(string)
		peers = slices.Concat(
			trackertest.ParsePeers(t, []byte(m["peers"].(string)), false),
			trackertest.ParsePeers(t, []byte(six), true))
		return trackertest.SortPeers(peers)
	}
	for _, p := range m["peers"].([]any) {
		p := p.(map[string]any)
		if len(p["peer id"].(string)) != 20 {
			t.Errorf("peer %v has no id", p)
		}
		peers = append(peers, netip.AddrPortFrom(netip.MustParseAddr(p["ip"].(string)), uint16(p["port"].(int64))))
	}
	return trackertest.SortPeers(peers)
}

func (c scriptClient) Scrape(t *testing.T, hashes []swarm.InfoHash) ([]swarm.Counts, error) {
	q := make(url.Values)
	for _, h := range hashes {
		q.Add("info_hash", string(h[:]))
	}
	m, err := c.get(t, netip.MustParseAddr("127.0.0.1"), "/scrape", q)
	if err != nil {
		return nil, err
	}
	var counts []swarm.Counts
	for _, h := range hashes {
		f := m["files"].(map[string]any)[string(h[:])].(map[string]any)
		counts = append(counts, swarm.Counts{
			Seeders:    int(f["complete"].(int64)),
			Leechers:   int(f["incomplete"].(int64)),
			Downloaded: uint32(f["downloaded"].(int64)),
		})
	}
	return counts, nil
}

func (c scriptClient) get(t *testing.T, from netip.Addr, path string, q url.Values) (map[string]any, error) {
	t.Helper()
	host := "127.0.0.1"
	if from.Is6() {
		host = "::1"
	}
	dialer := net.Dialer{LocalAddr: net.TCPAddrFromAddrPort(netip.AddrPortFrom(from, 0))}
	client := http.Client{
		Transport: &http.Transport{DialContext: dialer.DialContext, DisableKeepAlives: true},
		Timeout:   patience,
	}
	res, err := client.Get("http://" + net.JoinHostPort(host, strconv.Itoa(int(c.port))) + path + "?" + q.Encode())
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", path, res.Status, err)
	}
	m := decode(t, body)
	if reason, ok := m["failure reason"]; ok {
		return nil, errors.New(reason.(string))
	}
	return m, nil
}

func TestScript(t *testing.T) { engines(t, script) }

func script(t *testing.T, portable bool) {
	for _, compact := range []string{"1", "0"} {
		for name, newHandler := range trackertest.Handlers(t) {
			t.Run(name+"/compact="+compact, func(t *testing.T) {
				trackertest.Run(t, trackertest.Frontend{
					AllFamilies: true,
					Serve: func(t *testing.T, h tracker.Handler) trackertest.Client {
						s := start(t, Config{Portable: portable, Listen: "[::]:0", Handler: h})
						return scriptClient{port: s.Addr().Port(), compact: compact}
					},
				}, newHandler)
			})
		}
	}
}

// The tracker client of anacrolix/torrent writes a space as %20 when it announces
// and as + when it scrapes, and repeats the key ip.
func TestARealClientAnnouncesAndScrapes(t *testing.T) { engines(t, realClient) }

func realClient(t *testing.T, portable bool) {
	s := start(t, Config{Portable: portable, Listen: "127.0.0.1:0", Handler: trackertest.NewPlain()})
	client, err := anacrolix.NewClient("http://"+s.Addr().String()+"/announce", anacrolix.NewClientOpts{})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	hash := infohash.T([]byte("a + b & c = \x00\xff % ?;/"))
	addresses := anacrolix.AnnounceOpt{ClientIp4: net.IPv4(10, 0, 0, 1), ClientIp6: net.ParseIP("2001:db8::1")}
	for port := uint16(1001); port <= 1003; port++ {
		a, err := client.Announce(ctx, anacrolix.AnnounceRequest{
			InfoHash: hash,
			PeerId:   [20]byte([]byte("-GT0003-+ &=%\x00\x01\x02\xff\xfe??")[:20]),
			Left:     -1, // unknown
			Event:    anacrolix.Started,
			Key:      -5,
			Port:     port,
		}, addresses)
		if err != nil {
			t.Fatal(err)
		}
		if want := int(port - 1001); len(a.Peers) != want || a.Seeders != 0 || a.Leechers != int32(want+1) || a.Interval != 1800 {
			t.Errorf("announce %d: %+v", port, a)
		}
		for _, p := range a.Peers {
			if !p.IP.Equal(net.IPv4(127, 0, 0, 1)) {
				t.Errorf("told of %v: a claimed address", p)
			}
		}
	}
	rows, err := client.Scrape(ctx, []infohash.T{hash})
	if err != nil || len(rows) != 1 || rows[0].Leechers != 3 {
		t.Errorf("scrape: %+v, %v", rows, err)
	}
}

package udptracker

import (
	"context"
	"net"
	"net/netip"
	"strconv"
	"testing"
	"time"

	anacrolix "github.com/anacrolix/torrent/tracker"
	"github.com/anacrolix/torrent/types/infohash"

	"github.com/altracker/altracker/tracker"
	"github.com/altracker/altracker/tracker/swarm"
	"github.com/altracker/altracker/tracker/trackertest"
)

// realClient is the tracker client of anacrolix/torrent, one for each request.
type realClient struct{ port uint16 }

func (c realClient) dial(t *testing.T, from netip.Addr) anacrolix.Client {
	t.Helper()
	host := "127.0.0.1"
	if from.Is6() {
		host = "::1"
	}
	url := "udp://" + net.JoinHostPort(host, strconv.Itoa(int(c.port))) + "/announce?a=b"
	client, err := anacrolix.NewClient(url, anacrolix.NewClientOpts{
		ListenPacket: func(network, _ string) (net.PacketConn, error) {
			return net.ListenPacket(network, net.JoinHostPort(from.String(), "0"))
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func (c realClient) Announce(t *testing.T, r tracker.AnnounceRequest) (trackertest.Answer, error) {
	client := c.dial(t, r.Addr.Addr())
	defer client.Close()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	a, err := client.Announce(ctx, anacrolix.AnnounceRequest{
		InfoHash:   infohash.T(r.InfoHash),
		PeerId:     [20]byte(r.PeerID),
		Downloaded: r.Downloaded,
		Left:       r.Left,
		Uploaded:   r.Uploaded,
		Event:      anacrolix.AnnounceEvent(r.Event),
		Key:        int32(r.Key),
		NumWant:    int32(r.NumWant),
		Port:       r.Addr.Port(),
	}, anacrolix.AnnounceOpt{})
	if err != nil {
		return trackertest.Answer{}, err
	}
	answer := trackertest.Answer{
		Interval:   time.Duration(a.Interval) * time.Second,
		Complete:   int(a.Seeders),
		Incomplete: int(a.Leechers),
	}
	for _, p := range a.Peers {
		addr, _ := p.ToNetipAddrPort()
		answer.Peers = append(answer.Peers, netip.AddrPortFrom(addr.Addr().Unmap(), addr.Port()))
	}
	trackertest.SortPeers(answer.Peers)
	return answer, nil
}

func (c realClient) Scrape(t *testing.T, hashes []swarm.InfoHash) ([]swarm.Counts, error) {
	client := c.dial(t, netip.MustParseAddr("127.0.0.1"))
	defer client.Close()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var ihs []infohash.T
	for _, h := range hashes {
		ihs = append(ihs, infohash.T(h))
	}
	rows, err := client.Scrape(ctx, ihs)
	var counts []swarm.Counts
	for _, r := range rows {
		counts = append(counts, swarm.Counts{
			Seeders: int(r.Seeders), Leechers: int(r.Leechers), Downloaded: uint32(r.Completed),
		})
	}
	return counts, err
}

func TestScriptThroughARealClient(t *testing.T) {
	bothWays(t, func(t *testing.T, portable bool) {
		for name, newHandler := range trackertest.Handlers(t) {
			t.Run(name, func(t *testing.T) {
				trackertest.Run(t, trackertest.Frontend{
					Serve: func(t *testing.T, h tracker.Handler) trackertest.Client {
						s := start(t, Config{Listen: "[::]:0", Handler: h, Workers: 2, Portable: portable})
						return realClient{port: s.Addr().Port()}
					},
				}, newHandler)
			})
		}
	})
}

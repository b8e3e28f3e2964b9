package dhtnode

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/anacrolix/dht/v2"
	"github.com/anacrolix/log"
	"golang.org/x/sync/errgroup"
	"golang.org/x/time/rate"
)

// Node is a DHT node.
type Node struct {
	config  Config
	conn    *net.UDPConn
	airlock *airlock
	server  *dht.Server
	limiter *rate.Limiter
	tokens  tokens
	stats   counters
}

// New binds the address and returns a Node that is ready to Run. The error names
// the field of c that is wrong.
func New(c Config) (*Node, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	c = c.withDefaults()
	conn, err := listen(c.Listen)
	if err != nil {
		return nil, fmt.Errorf("dhtnode: Listen: %w", err)
	}
	n := &Node{
		config:  c,
		conn:    conn,
		limiter: rate.NewLimiter(rate.Limit(c.Rate), c.Rate),
	}
	rand.Read(n.tokens.key[:])
	n.airlock = newAirlock(conn.LocalAddr(), n.leave)
	if n.server, err = dht.NewServer(n.serverConfig()); err != nil {
		conn.Close()
		return nil, fmt.Errorf("dhtnode: %w", err)
	}
	return n, nil
}

func listen(address string) (*net.UDPConn, error) {
	addr, err := net.ResolveUDPAddr("udp", address)
	if err != nil {
		return nil, err
	}
	return net.ListenUDP("udp", addr)
}

// serverConfig starts from nothing, and not from the library's defaults, because
// those contact public hosts and share one limiter between all nodes of a process.
func (n *Node) serverConfig() *dht.ServerConfig {
	silent := log.NewLogger()
	silent.SetHandlers() // none
	return &dht.ServerConfig{
		NodeId: n.config.NodeID,
		Conn:   n.airlock,
		// Nodes whose ids do not fit their addresses (BEP 42) are kept: many
		// clients do not conform, and their questions deserve the same answers.
		NoSecurity: true,
		PublicIP:   n.config.PublicIP.AsSlice(),
		// How long a node may take to answer. Run waits as long in the end.
		QueryResendDelay: func() time.Duration { return time.Second },
		Logger:           silent,
		// Queries are limited before they reach the server, and its own are few.
		SendLimiter: rate.NewLimiter(rate.Inf, 1),
	}
}

// Addr returns the address the Node is bound to.
func (n *Node) Addr() netip.AddrPort {
	return n.conn.LocalAddr().(*net.UDPAddr).AddrPort()
}

// ID returns the node's id.
func (n *Node) ID() [20]byte { return n.server.ID() }

// Run serves until ctx is done, then closes the socket and returns nil, within about
// a second: questions to silent nodes have to run out. It may be called once.
func (n *Node) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return n.receive(ctx) })
	group.Go(func() error { return n.maintain(ctx) })
	group.Go(func() error {
		<-ctx.Done()
		n.server.Close() // first, or it would take the closed airlock for a fault and panic
		return errors.Join(n.airlock.Close(), n.conn.Close())
	})
	return group.Wait()
}

// retry is how long to wait after having found nobody.
const retry = 10 * time.Second

// maintain keeps the routing table. The library's upkeep starts once there is a
// first node: with an empty table each of its attempts would leave a goroutine
// behind, and a failed one would not be repeated for half an hour.
func (n *Node) maintain(ctx context.Context) error {
	for n.server.NumNodes() == 0 {
		n.introduce(ctx)
		if n.server.NumNodes() > 0 {
			break
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(retry):
		}
	}
	n.server.TableMaintainer()
	return nil
}

// introduce pings the bootstrap nodes; those that answer enter the routing table.
// Whoever cannot be found is tried again with the others if none answers.
func (n *Node) introduce(ctx context.Context) {
	for _, b := range n.config.Bootstrap {
		host, port, err := splitHostPort(b)
		if err != nil {
			continue // refused by New
		}
		ips, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
		if err != nil {
			continue
		}
		for _, ip := range ips {
			addr := net.UDPAddrFromAddrPort(netip.AddrPortFrom(ip.Unmap(), port))
			n.server.Query(ctx, dht.NewAddr(addr), "ping", dht.QueryInput{})
		}
	}
}

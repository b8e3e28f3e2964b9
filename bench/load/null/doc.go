// Package null has servers that answer announces without thinking: they parse next
// to nothing, keep nothing, and give everybody the same peers. What such a server
// reaches under load is what the kernel allows; how near a tracker comes to it is a
// figure that carries from machine to machine.
//
//	srv, err := null.ListenUDP(addr, null.Config{Peers: 34})
//	if err != nil {
//		return err
//	}
//	return srv.Run(ctx)
//
// Both servers use the system calls that are cheapest on Linux: recvmmsg(2) and
// sendmmsg(2) for UDP, epoll(7) over raw sockets for HTTP; there is none for other
// systems.
package null

// DefaultPeers is how many peers an announce of 50 gets on average in a population
// of 100,000 torrents and 1,000,000 peers with popularity 1/rank.
const DefaultPeers = 34

// Config says how to build a server.
type Config struct {
	// Peers is how many peers each announce is answered with. Zero: DefaultPeers.
	Peers int

	// Workers is the number of threads. Zero: 1.
	Workers int

	// OneShot ends an HTTP connection after each answer.
	OneShot bool
}

func (c Config) withDefaults() Config {
	if c.Peers == 0 {
		c.Peers = DefaultPeers
	}
	if c.Workers == 0 {
		c.Workers = 1
	}
	return c
}

// interval is what peers are told, in seconds.
const interval = 1800

// compact returns made-up peers of so many bytes each.
func compact(peers, size int) []byte {
	b := make([]byte, peers*size)
	for i := range b {
		b[i] = byte(i*7 + i/size + 1)
	}
	return b
}

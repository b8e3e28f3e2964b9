// Package load puts a tracker under load and tells how it bore it: announces and
// scrapes over UDP (BEP 15, BEP 41), HTTP and HTTPS (BEP 3, 23, 48), from any number
// of peers in any number of torrents, every reply checked.
//
//	g, err := load.New(load.Config{Target: target, Torrents: 1000, Peers: 10_000, Exponent: 1})
//	if err != nil {
//		return err
//	}
//	defer g.Close()
//	if err := g.Fill(ctx, nil); err != nil { // every peer announces itself once
//		return err
//	}
//	result, err := g.Measure(ctx)
//
// Who is in which torrent follows from the Config alone (population.go): two runs of
// one Config hit the same info hashes with the same peers, and whether a peer in a
// reply belongs there is arithmetic, not a look-up. That is how every reply can be
// checked (checker.go) by a generator that must not be slower than what it measures.
//
// In a closed loop a number of requests is in flight at any time; the figure to look
// at is the rate, per second and per second of the tracker's CPU time. In an open
// loop requests have a timetable (pace.go), and latency counts from the time that a
// request was to be sent, not from when the generator came to send it: a tracker
// that stalls cannot hide the requests that waited (coordinated omission).
//
// On Linux, workers speak to the kernel directly (packages mmsg, epoll loop in
// http_linux.go), each on a thread of its own and without allocating; elsewhere, and
// for HTTPS, they use package net.
package load

// Package httptracker serves announces and scrapes over HTTP (BEP 3, 7, 21, 23,
// 24, 48).
//
// A request is a raw query, read in place (usual.go, query.go) into a request of the
// core (announce.go, scrape.go); an answer is bencode, appended to a buffer
// (encode.go). Between it and the socket stands package httploop, which serves
// requests as clients send them; all others, and on other systems all there are, come
// by way of net/http (nethttp.go), and get the same answers. Whatever a client does wrong is answered
// with status 200 and a bencoded "failure reason" that begins with the name of
// the guilty key, because that is what clients show to their users.
//
//	srv, err := httptracker.New(httptracker.Config{Listen: ":6969", Handler: core})
//	if err != nil {
//		return err
//	}
//	return srv.Run(ctx)
//
// A peer's address is the one its connection comes from. The keys ip, ipv4 and
// ipv6 are ignored: with them anybody could send a swarm to a victim's door.
//
// Which clauses of the BEPs are spoken is tabled in docs/tracker.md.
package httptracker

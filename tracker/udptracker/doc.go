// Package udptracker serves announces and scrapes over UDP (BEP 15, BEP 41).
//
// A client first asks for a connection id, which it can only receive at the
// address it claims to have, and shows that id in every request. The id is a
// keyed checksum of address and time: the server remembers nothing (connid.go).
// Whoever shows no valid id gets no answer at all, so that the server cannot be
// made to send to a third party more than the 16 bytes of a connect answer.
//
// Each message has its file: connect.go, announce.go, scrape.go, error.go. They
// parse from, and append to, byte slices. A worker (worker.go) is one goroutine
// that owns every buffer it needs and does parse, [tracker.Handler], encode in a
// row, without allocating. Its line brings datagrams and takes answers: on Linux
// in batches, from a socket of its own (batch_linux.go), else one at a time, by the
// calls of package net (single.go).
//
//	srv, err := udptracker.New(udptracker.Config{Listen: ":6969", Handler: core})
//	if err != nil {
//		return err
//	}
//	return srv.Run(ctx)
//
// Which clauses of the BEPs are spoken is tabled in docs/tracker.md.
package udptracker

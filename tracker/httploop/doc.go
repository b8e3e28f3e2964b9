// Package httploop serves small HTTP requests from event loops and hands all others on.
//
// net/http spends more on a request than a tracker does on an announce: a
// goroutine woken by another one, a parsed URL, a map of headers. Here each worker
// is one thread with an epoll set and a listener of its own. It reads a request in
// place, has the answer appended to a buffer, and writes it; nothing is allocated,
// and workers share nothing.
//
// What is served so is narrow on purpose (head.go): GET of a known path over
// HTTP/1, with headers that cannot mean a body. As soon as the bytes of a connection
// are anything else, the connection goes to [Server.Foreign], a net.Listener for an
// http.Server, together with what has been read of it. So nothing is refused here:
// whatever is odd, net/http judges.
//
//	loop, err := httploop.New(httploop.Config{
//		Listen:    ":6969",
//		Paths:     []string{"/announce"},
//		NewAnswer: func() httploop.Answer { return answer },
//	})
//	if err != nil {
//		return err
//	}
//	go (&http.Server{Handler: mux}).Serve(loop.Foreign())
//	return loop.Run(ctx)
//
// A [Server] is for Linux only; elsewhere [New] returns errors.ErrUnsupported. What
// comes over TLS is served by [Streams], on every system. Why it is not a library:
// docs/decisions/0010-http-event-loop.md.
package httploop

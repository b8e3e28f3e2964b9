package altotest

import (
	"errors"
	"io"
	"net/http"
	"os"
	"time"
)

// drip sends a header that never ends, until the client goes.
func (s *Server) drip(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil { // HTTP/2 has no such thing
		panic(http.ErrAbortHandler)
	}
	defer func() { _ = conn.Close() }()
	_, err = io.WriteString(conn, "HTTP/1.1 200 OK\r\nX-Slow: ")
	for err == nil {
		if _, err = conn.Write([]byte("a")); err != nil {
			return
		}
		// The client has nothing more to say; that it goes ends the read.
		if err = conn.SetReadDeadline(time.Now().Add(s.Delay)); err == nil {
			_, err = conn.Read(make([]byte, 1))
		}
		if errors.Is(err, os.ErrDeadlineExceeded) {
			err = nil
		}
	}
}

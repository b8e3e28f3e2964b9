// Package httprun runs an HTTP server as a task: until it is told to stop, and no
// longer than a while after.
package httprun

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"time"
)

// Run serves on l until ctx is done, then lets the requests under way finish, for
// grace at most, and returns nil. An error is why serving ended before that.
func Run(ctx context.Context, server *http.Server, l net.Listener, grace time.Duration) error {
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	select {
	case err := <-served:
		server.Close()
		return err
	case <-ctx.Done():
	}
	bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if server.Shutdown(bounded) != nil {
		server.Close()
	}
	_ = <-served
	return nil
}

// Addr returns the address that l is bound to, or the zero AddrPort if l is not a
// TCP listener.
func Addr(l net.Listener) netip.AddrPort {
	if a, ok := l.Addr().(*net.TCPAddr); ok {
		return a.AddrPort()
	}
	return netip.AddrPort{}
}

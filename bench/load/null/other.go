//go:build !linux

package null

import (
	"context"
	"errors"
	"net/netip"
)

var errLinux = errors.New("null: on Linux only")

// UDP is a server of BEP 15.
type UDP struct{}

// HTTP is a server of BEP 3.
type HTTP struct{}

// ListenUDP binds an address.
func ListenUDP(netip.AddrPort, Config) (*UDP, error) { return nil, errLinux }

// ListenHTTP binds an address.
func ListenHTTP(netip.AddrPort, Config) (*HTTP, error) { return nil, errLinux }

// Addr returns the address the server is bound to.
func (*UDP) Addr() netip.AddrPort { return netip.AddrPort{} }

// Addr returns the address the server is bound to.
func (*HTTP) Addr() netip.AddrPort { return netip.AddrPort{} }

// Run serves until ctx is done.
func (*UDP) Run(context.Context) error { return errLinux }

// Run serves until ctx is done.
func (*HTTP) Run(context.Context) error { return errLinux }

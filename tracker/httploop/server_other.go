//go:build !linux

package httploop

import (
	"context"
	"errors"
	"net"
	"net/netip"
)

// Server is what [New] does not return here.
type Server struct{}

// New returns errors.ErrUnsupported: there is no epoll here.
func New(Config) (*Server, error) { return nil, errors.ErrUnsupported }

func (s *Server) Addr() netip.AddrPort      { return netip.AddrPort{} }
func (s *Server) Foreign() net.Listener     { return nil }
func (s *Server) Run(context.Context) error { return errors.ErrUnsupported }
func (s *Server) Stats() Stats              { return Stats{} }

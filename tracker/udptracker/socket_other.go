//go:build !linux

package udptracker

import "net"

// reportLocalAddress does nothing here: on a host with several addresses, listen
// on each of them by name.
func reportLocalAddress(*net.UDPConn) (ok bool, err error) { return false, nil }

func replyControl([]byte) []byte { return nil }

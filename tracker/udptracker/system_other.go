//go:build !linux

package udptracker

import "net"

// listen returns one socket, which the workers share.
func listen(address string, _ int) ([]*net.UDPConn, error) {
	conn, err := listenOne(address)
	if err != nil {
		return nil, err
	}
	return []*net.UDPConn{conn}, nil
}

func newLine(s *socket, _ bool) (line, error) { return &single{sock: s}, nil }

// reportLocalAddress does nothing here: on a host with several addresses, listen
// on each of them by name.
func reportLocalAddress(*net.UDPConn) (ok bool, err error) { return false, nil }

func replyControl([]byte) []byte { return nil }

const controlRoom = 0

package udptracker

import "encoding/binary"

// The actions of BEP 15.
const (
	actionConnect  = 0
	actionAnnounce = 1
	actionScrape   = 2
	actionError    = 3
)

// headerLen is the length of the part that all requests begin with; a shorter
// datagram is no BEP 15 packet.
const headerLen = 16

// header is the part that all requests begin with.
type header struct {
	connectionID  uint64 // in a connect request: protocolID
	action        uint32
	transactionID uint32
}

func parseHeader(packet []byte) (h header, ok bool) {
	if len(packet) < headerLen {
		return header{}, false
	}
	return header{
		connectionID:  binary.BigEndian.Uint64(packet),
		action:        binary.BigEndian.Uint32(packet[8:]),
		transactionID: binary.BigEndian.Uint32(packet[12:]),
	}, true
}

// appendHeader appends the part that all answers begin with.
func appendHeader(reply []byte, action, transactionID uint32) []byte {
	reply = binary.BigEndian.AppendUint32(reply, action)
	return binary.BigEndian.AppendUint32(reply, transactionID)
}

// appendCount appends n as 32 bits, or the nearest number that fits in 31:
// clients read the field as signed.
func appendCount(reply []byte, n int64) []byte {
	return binary.BigEndian.AppendUint32(reply, uint32(max(0, min(n, 1<<31-1))))
}

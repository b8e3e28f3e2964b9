package udptracker

import "encoding/binary"

// protocolID stands in a connect request where the others have a connection id.
const protocolID = 0x41727101980

// appendConnect appends the answer to a connect request. It is as long as the
// request: nothing is gained by asking in somebody else's name.
func appendConnect(reply []byte, transactionID uint32, connectionID uint64) []byte {
	reply = appendHeader(reply, actionConnect, transactionID)
	return binary.BigEndian.AppendUint64(reply, connectionID)
}

package dhtnode

import (
	"bytes"
	"errors"

	"github.com/anacrolix/dht/v2/krpc"
	"github.com/anacrolix/torrent/bencode"
)

// message is a KRPC message, with the keys that this package has a use for; it
// forgets all others. The types are plain because krpc's own decoders of addresses
// panic on strings that are too short.
type message struct {
	A  *arguments  `bencode:"a,omitempty"`
	E  *krpc.Error `bencode:"e,omitempty"`
	IP string      `bencode:"ip,omitempty"` // the asking address, as the answering node sees it (BEP 42)
	Q  string      `bencode:"q,omitempty"`
	R  *result     `bencode:"r,omitempty"`
	RO bool        `bencode:"ro,omitempty"` // the sender answers no queries (BEP 43)
	T  string      `bencode:"t"`
	Y  string      `bencode:"y"`
}

type arguments struct {
	ID          string   `bencode:"id"`
	ImpliedPort bool     `bencode:"implied_port,omitempty"`
	InfoHash    string   `bencode:"info_hash,omitempty"`
	Port        int64    `bencode:"port,omitempty"`
	Target      string   `bencode:"target,omitempty"`
	Token       string   `bencode:"token,omitempty"`
	Want        []string `bencode:"want,omitempty"` // "n4", "n6" (BEP 32)
}

type result struct {
	ID     string   `bencode:"id"`
	Nodes  string   `bencode:"nodes,omitempty"`  // 26 bytes each
	Nodes6 string   `bencode:"nodes6,omitempty"` // 38 bytes each (BEP 32)
	Token  string   `bencode:"token,omitempty"`
	Values []string `bencode:"values,omitempty"` // 6 or 18 bytes each
}

// The values of message.Y.
const (
	isQuery  = "q"
	isResult = "r"
	isError  = "e"
)

// Lengths in bytes.
const (
	idLen    = 20
	node4Len = idLen + peer4Len
	node6Len = idLen + peer6Len
	peer4Len = 4 + 2
	peer6Len = 16 + 2
)

var (
	errTrailing = errors.New("something follows the message")
	errKind     = errors.New("neither query, result nor error, or without its dictionary")
	errID       = errors.New("the node id is not of 20 bytes")
	errNodes    = errors.New("the nodes are not of 26 or 38 bytes each")
)

// parse reads a datagram. The message has a transaction id of any length, and, if
// it is a query or a result, a node id; other arguments are not checked.
func parse(datagram []byte) (*message, error) {
	m := new(message)
	d := bencode.NewDecoder(bytes.NewReader(datagram))
	// Without the limit a stated length of up to 128 MB would be allocated.
	d.MaxStrLen = bencode.MaxStrLen(len(datagram))
	if err := d.Decode(m); err != nil {
		return nil, err
	}
	if d.ReadEOF() != nil {
		return nil, errTrailing
	}
	return m, m.check()
}

func (m *message) check() error {
	switch {
	case m.Y == isQuery && m.A != nil:
		return checkID(m.A.ID)
	case m.Y == isResult && m.R != nil:
		if len(m.R.Nodes)%node4Len != 0 || len(m.R.Nodes6)%node6Len != 0 {
			return errNodes
		}
		return checkID(m.R.ID)
	case m.Y == isError && m.E != nil:
		return nil //nolint:nilerr // it is the sender's error, not ours
	}
	return errKind
}

func checkID(id string) error {
	if len(id) != idLen {
		return errID
	}
	return nil
}

// encode writes m; the keys come out sorted.
func (m *message) encode() []byte { return bencode.MustMarshal(m) }

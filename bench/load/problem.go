package load

// problem is a way for a reply to be wrong.
type problem int

const (
	strayDatagram    problem = iota // not from the target, or too short to be a reply
	wrongTransaction                // of no request that was ever sent
	wrongAction                     // of another kind than its request
	wrongLength                     // not a whole number of peers or counts, or too few
	wrongForm                       // HTTP: no response, no bencode, a key missing
	wrongStatus                     // HTTP: another status than 200
	noConnection                    // HTTP: refused, or ended before the response
	wrongInterval                   // not from 1 second to a week
	wrongCounts                     // more seeders and leechers than were ever announced
	tooManyPeers                    // more than were asked for
	strangePeer                     // never announced in this swarm
	departedPeer                    // had left, and the tracker had confirmed that
	repeatedPeer                    // twice in one reply
	requester                       // the peer that asked
	problems
)

var problemNames = [problems]string{
	"stray datagram", "wrong transaction", "wrong action", "wrong length", "wrong form", "wrong status", "no connection",
	"wrong interval", "wrong counts", "too many peers", "strange peer", "departed peer", "repeated peer", "requester among peers",
}

func (p problem) String() string { return problemNames[p] }

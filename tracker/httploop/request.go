package httploop

import (
	"net/netip"
	"time"
)

// Request is a request to answer.
type Request struct {
	Path  string     // one of Config.Paths
	Query string     // raw, without the question mark; the memory is valid during the call only
	Addr  netip.Addr // where the connection comes from, unmapped and without zone
	Now   time.Time  // when it was read, shared by what was read together
}

// Answer appends the body of the answer to a request, which is sent with status
// 200. It must not wait for anything: the other connections of its worker do.
type Answer func(body []byte, r *Request) []byte

// Expect is told what has come on several connections before the first of it is answered. Each
// is the beginning of a request, mostly all of one; what is made of that can be no more than a
// guess. The memory is valid during the call only.
type Expect func(received []string)

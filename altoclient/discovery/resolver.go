package discovery

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"
)

// Resolver asks the DNS. It may be used from several goroutines.
type Resolver interface {
	// Records returns the NAPTR records of a fully qualified name. That there are
	// none is an Answer, not an error; an error may be a [*LookupError].
	Records(ctx context.Context, name string) (Answer, error)

	// Addresses returns the addresses of a host, none if it has none.
	Addresses(ctx context.Context, host string) ([]netip.Addr, error)
}

// Answer is what the DNS says of a name.
type Answer struct {
	Records []Record
	Missing bool // the name does not exist, nor does any below it (RFC 8020)

	// TTL is how long the answer holds, aliases on the way included: that of the
	// records or, if there are none, that which the zone's SOA record gives to bad
	// news (RFC 2308 section 5). Negative means that the answer does not say.
	TTL time.Duration
}

// LookupError is an answer that is none.
type LookupError struct {
	Name      string
	Temporary bool // a time-out, a server's failure: the next try may go well
	Err       error
}

func (e *LookupError) Error() string { return fmt.Sprintf("look-up of %s: %v", e.Name, e.Err) }

func (e *LookupError) Unwrap() error { return e.Err }

// Temporary tells whether trying again makes sense. What is not known to be final
// is taken for temporary.
func Temporary(err error) bool {
	var lookup *LookupError
	return !errors.As(err, &lookup) || lookup.Temporary
}

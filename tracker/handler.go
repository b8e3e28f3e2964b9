package tracker

// Handler answers announces and scrapes. [Tracker] is one; a wrapper that admits
// or limits requests is another. An error that is a [Failure] is meant for the
// client; any other error is not, and the frontend sends a fixed phrase instead.
//
// The response is owned by the caller, who has Reset it; a Handler appends to it.
// Nothing behind a Handler may wait for I/O.
type Handler interface {
	Announce(*AnnounceRequest, *AnnounceResponse) error
	Scrape(*ScrapeRequest, *ScrapeResponse) error
}

// Failure is an error whose text may be shown to a client: the value of the
// bencoded "failure reason" (BEP 3) or the message of a UDP error packet (BEP 15).
type Failure string

func (f Failure) Error() string { return string(f) }

package udptracker

import (
	"errors"

	"github.com/altracker/altracker/tracker"
)

// What a client is told that showed a valid connection id and is still wrong.
const (
	failAction        = tracker.Failure("action: unknown")
	failAnnounceShort = tracker.Failure("announce: shorter than 98 bytes")
	failPort          = tracker.Failure("port: want 1 to 65535")
	failUploaded      = tracker.Failure("uploaded: negative")
	failDownloaded    = tracker.Failure("downloaded: negative")
	failNumWant       = tracker.Failure("num_want: negative, and not -1")
	failScrapeEmpty   = tracker.Failure("scrape: no info hash")
	failScrapeLong    = tracker.Failure("scrape: more than 74 info hashes")
)

// failInternal stands for every error that is not meant for clients.
const failInternal = "internal error"

// maxMessage bounds the message of an error packet, in bytes.
const maxMessage = 512

func appendError(reply []byte, transactionID uint32, message string) []byte {
	reply = appendHeader(reply, actionError, transactionID)
	return append(reply, message[:min(len(message), maxMessage)]...)
}

// message returns what a client may read of err, and whether that is its own text.
func message(err error) (text string, public bool) {
	if f, ok := errors.AsType[tracker.Failure](err); ok {
		return string(f), true
	}
	return failInternal, false
}

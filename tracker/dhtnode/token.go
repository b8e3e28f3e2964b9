package dhtnode

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"net/netip"
	"time"
)

// tokens makes and checks the tokens that an announce_peer has to show (BEP 5): a
// token proves that its bearer receives what is sent to its address. It is a keyed
// checksum of the address and of the period it was made in, so that nothing is
// remembered, and the secret changes in effect with each period.
type tokens struct {
	key [32]byte
}

const (
	tokenLen    = 8
	tokenPeriod = 5 * time.Minute

	// tokenAge is for how many periods after its own a token is good. BEP 5 wants
	// tokens up to ten minutes old accepted: two whole periods.
	tokenAge = 2
)

// issue returns a token for addr.
func (t *tokens) issue(addr netip.Addr, now time.Time) string {
	return t.token(addr, periodOf(now))
}

// valid tells whether token was issued to addr, ten to fifteen minutes ago at most.
func (t *tokens) valid(token string, addr netip.Addr, now time.Time) bool {
	p := periodOf(now)
	for age := range int64(tokenAge + 1) {
		if hmac.Equal([]byte(token), []byte(t.token(addr, p-age))) {
			return true
		}
	}
	return false
}

func periodOf(now time.Time) int64 { return now.Unix() / int64(tokenPeriod/time.Second) }

func (t *tokens) token(addr netip.Addr, period int64) string {
	h := hmac.New(sha256.New, t.key[:])
	ip := addr.As16()
	h.Write(ip[:])
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(period)))
	return string(h.Sum(nil)[:tokenLen])
}

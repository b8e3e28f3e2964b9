package discovery

import (
	"strings"
	"time"

	"github.com/miekg/dns"
)

// maxAliases is how many CNAME records an answer may chain.
const maxAliases = 8

// answerOf returns what a reply says of the NAPTR records of name.
func answerOf(reply *dns.Msg, name string) Answer {
	// Of an alias, the one that does not exist is what it stands for (RFC 6604).
	a := Answer{Missing: reply.Rcode == dns.RcodeNameError && len(reply.Answer) == 0, TTL: -1}
	for _, rr := range chase(reply, name, &a.TTL) {
		if n, ok := rr.(*dns.NAPTR); ok {
			lower(&a.TTL, n.Hdr.Ttl)
			a.Records = append(a.Records, Record{
				Order:       n.Order,
				Preference:  n.Preference,
				Flags:       unescape(n.Flags),
				Service:     unescape(n.Service),
				Regexp:      unescape(n.Regexp),
				Replacement: n.Replacement,
			})
		}
	}
	if len(a.Records) == 0 {
		a.TTL = badNewsTTL(reply, a.TTL)
	}
	return a
}

// chase returns the records of name, or of the name that it is an alias of. It
// lowers ttl to that of the aliases.
func chase(reply *dns.Msg, name string, ttl *time.Duration) []dns.RR {
	for range maxAliases {
		var own []dns.RR
		next := ""
		for _, rr := range reply.Answer {
			if !strings.EqualFold(rr.Header().Name, name) || rr.Header().Class != dns.ClassINET {
				continue
			}
			if alias, ok := rr.(*dns.CNAME); ok {
				next = alias.Target
				lower(ttl, rr.Header().Ttl)
				continue
			}
			own = append(own, rr)
		}
		if len(own) > 0 || next == "" {
			return own
		}
		name = next
	}
	return nil
}

func lower(ttl *time.Duration, seconds uint32) {
	if d := time.Duration(seconds) * time.Second; *ttl < 0 || d < *ttl {
		*ttl = d
	}
}

// badNewsTTL returns how long bad news hold (RFC 2308 section 5), negative if there is
// no telling; not longer than the aliases that led to them, whose TTL is negative if
// there are none.
func badNewsTTL(reply *dns.Msg, aliases time.Duration) time.Duration {
	ttl, known := aliases, false
	for _, rr := range reply.Ns {
		if soa, ok := rr.(*dns.SOA); ok {
			lower(&ttl, min(soa.Hdr.Ttl, soa.Minttl))
			known = true
		}
	}
	if !known {
		return -1
	}
	return ttl
}

// unescape undoes what the library does to strings: it shows them as a zone file
// would (RFC 1035 section 5.1).
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '\\' && i+1 < len(s) {
			if v, ok := decimal(s[i+1:]); ok {
				c = v
				i += 3
			} else {
				i++
				c = s[i]
			}
		}
		b.WriteByte(c)
	}
	return b.String()
}

// decimal reads three digits at the beginning of s.
func decimal(s string) (byte, bool) {
	if len(s) < 3 {
		return 0, false
	}
	n := 0
	for _, c := range []byte(s[:3]) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + int(c-'0')
	}
	return byte(n), n < 256
}

package discovery

import (
	"strings"
	"time"

	"github.com/miekg/dns"
)

// maxAliases is how many CNAME records an answer may chain.
const maxAliases = 8

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

// negativeTTL returns how long bad news hold, negative if there is no telling.
func negativeTTL(reply *dns.Msg) time.Duration {
	ttl := time.Duration(-1)
	for _, rr := range reply.Ns {
		if soa, ok := rr.(*dns.SOA); ok {
			lower(&ttl, min(soa.Hdr.Ttl, soa.Minttl))
		}
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

package discovery

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// DNSConfig says which servers a [DNS] asks.
type DNSConfig struct {
	// Servers are recursive resolvers, HOST:PORT, the host an address. None means
	// those of /etc/resolv.conf.
	Servers []string

	// Timeout bounds one question to one server; 0 means 2 seconds.
	Timeout time.Duration
}

// DNS is the [Resolver] that asks recursive resolvers over UDP, and over TCP what
// does not fit. Each question comes from a port of its own.
type DNS struct {
	config DNSConfig
}

var _ Resolver = (*DNS)(nil)

// udpSize is what a reply over UDP may have without being cut into fragments on
// usual links.
const udpSize = 1232

// NewDNS returns a DNS. The error names the server at fault, or is that of
// reading /etc/resolv.conf.
func NewDNS(config DNSConfig) (*DNS, error) {
	if config.Timeout == 0 {
		config.Timeout = 2 * time.Second
	}
	if len(config.Servers) == 0 {
		system, err := dns.ClientConfigFromFile("/etc/resolv.conf")
		if err != nil {
			return nil, fmt.Errorf("resolvers: %w", err)
		}
		for _, s := range system.Servers {
			config.Servers = append(config.Servers, net.JoinHostPort(s, system.Port))
		}
	}
	if len(config.Servers) == 0 {
		return nil, errors.New("resolvers: /etc/resolv.conf names none")
	}
	for _, s := range config.Servers {
		if _, err := netip.ParseAddrPort(s); err != nil {
			return nil, fmt.Errorf("resolver %q: want ADDRESS:PORT", s)
		}
	}
	return &DNS{config: config}, nil
}

// Records implements [Resolver].
func (d *DNS) Records(ctx context.Context, name string) (Answer, error) {
	reply, err := d.ask(ctx, name, dns.TypeNAPTR)
	if err != nil {
		return Answer{}, err
	}
	return answerOf(reply, name), nil
}

// Addresses implements [Resolver].
func (d *DNS) Addresses(ctx context.Context, host string) ([]netip.Addr, error) {
	var list []netip.Addr
	var errs []error
	for _, t := range []uint16{dns.TypeAAAA, dns.TypeA} {
		reply, err := d.ask(ctx, dns.Fqdn(host), t)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		var ttl time.Duration
		for _, rr := range chase(reply, dns.Fqdn(host), &ttl) {
			var ip net.IP
			switch rr := rr.(type) {
			case *dns.A:
				ip = rr.A
			case *dns.AAAA:
				ip = rr.AAAA
			}
			if addr, ok := netip.AddrFromSlice(ip); ok {
				list = append(list, addr.Unmap())
			}
		}
	}
	if len(list) > 0 {
		return list, nil
	}
	return nil, errors.Join(errs...)
}

// ask puts one question to one server after the other until one answers it.
func (d *DNS) ask(ctx context.Context, name string, rrType uint16) (*dns.Msg, error) {
	if _, ok := dns.IsDomainName(name); !ok {
		return nil, &LookupError{Name: name, Err: errors.New("not a domain name")}
	}
	var last *LookupError
	for _, server := range d.config.Servers {
		reply, err := d.exchange(ctx, server, name, rrType)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		final := false
		if err == nil {
			switch reply.Rcode {
			case dns.RcodeSuccess, dns.RcodeNameError:
				return reply, nil
			case dns.RcodeServerFailure:
			default:
				final = true
			}
			err = fmt.Errorf("%s: %s", server, dns.RcodeToString[reply.Rcode])
		}
		if last == nil || !last.Temporary {
			last = &LookupError{Name: name, Temporary: !final, Err: err}
		}
	}
	return nil, last
}

func (d *DNS) exchange(ctx context.Context, server, name string, rrType uint16) (*dns.Msg, error) {
	question := new(dns.Msg).SetQuestion(name, rrType)
	question.SetEdns0(udpSize, false)
	reply, err := d.over(ctx, "udp", server, question)
	if err == nil && reply.Truncated {
		reply, err = d.over(ctx, "tcp", server, question)
		if err == nil && reply.Truncated {
			err = fmt.Errorf("%s: truncated over TCP", server)
		}
	}
	return reply, err
}

// over sends the question over one protocol. It returns the reply to that very
// question, or an error.
func (d *DNS) over(ctx context.Context, network, server string, question *dns.Msg) (*dns.Msg, error) {
	ctx, cancel := context.WithTimeout(ctx, d.config.Timeout)
	defer cancel()
	client := dns.Client{Net: network, Timeout: d.config.Timeout}
	conn, err := client.DialContext(ctx, server)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() }) // to interrupt the read
	defer func() {
		if stop() {
			_ = conn.Close()
		}
	}()
	reply, _, err := client.ExchangeWithConnContext(ctx, question, conn)
	if err != nil && (reply == nil || !reply.Truncated || reply.Id != question.Id) {
		return nil, fmt.Errorf("%s: %w", server, err)
	}
	if !reply.Response || len(reply.Question) != 1 || !sameQuestion(reply.Question[0], question.Question[0]) {
		return nil, fmt.Errorf("%s: the reply is to another question", server)
	}
	return reply, nil
}

func sameQuestion(a, b dns.Question) bool {
	return a.Qtype == b.Qtype && a.Qclass == b.Qclass && strings.EqualFold(a.Name, b.Name)
}

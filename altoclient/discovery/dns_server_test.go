package discovery

import (
	"context"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fault is what a nameServer does in place of answering.
type fault int

const (
	silence fault = iota + 1
	servfail
	refused
	wrongID       // a forged reply first, then the true one
	wrongQuestion // the reply is to another question
	truncated     // over UDP; complete over TCP
	garbage
	noQuestion
)

// nameServer is a DNS server on loopback, over UDP and TCP.
type nameServer struct {
	addr string

	mu      sync.Mutex
	records map[string][]dns.RR // by name and type
	zones   []*dns.SOA          // for bad news
	faults  map[string]fault    // by name
	asked   []string            // names, in order
	tcp     int
}

func startNameServer(t testing.TB, records ...string) *nameServer {
	t.Helper()
	s := &nameServer{records: map[string][]dns.RR{}, faults: map[string]fault{}}
	packets, listener := listenBoth(t)
	s.addr = packets.LocalAddr().String()
	for _, server := range []*dns.Server{{PacketConn: packets}, {Listener: listener}} {
		started := make(chan struct{})
		server.NotifyStartedFunc = func() { close(started) }
		server.Handler = dns.HandlerFunc(s.serve)
		done := make(chan struct{})
		go func() {
			defer close(done)
			if err := server.ActivateAndServe(); err != nil {
				t.Errorf("name server: %v", err)
			}
		}()
		<-started
		t.Cleanup(func() {
			ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
			defer cancel()
			_ = server.ShutdownContext(ctx) // it waits for idle connections
			<-done
		})
	}
	s.add(t, records...)
	return s
}

// listenBoth opens a port that is free in both protocols.
func listenBoth(t testing.TB) (net.PacketConn, net.Listener) {
	t.Helper()
	for range 50 {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		if packets, err := net.ListenPacket("udp", listener.Addr().String()); err == nil {
			return packets, listener
		}
		_ = listener.Close()
	}
	t.Fatal("no port is free in both protocols")
	return nil, nil
}

// add adds records in the form of zone files.
func (s *nameServer) add(t testing.TB, records ...string) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, text := range records {
		rr, err := dns.NewRR(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if soa, ok := rr.(*dns.SOA); ok {
			s.zones = append(s.zones, soa)
			continue
		}
		key := recordKey(rr.Header().Name, rr.Header().Rrtype)
		s.records[key] = append(s.records[key], rr)
	}
}

func recordKey(name string, t uint16) string { return strings.ToLower(name) + dns.TypeToString[t] }

func (s *nameServer) remove(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.records, recordKey(name, dns.TypeNAPTR))
}

func (s *nameServer) break_(name string, f fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults[name] = f
}

// questions returns the names asked for since the last time.
func (s *nameServer) questions() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := s.asked
	s.asked = nil
	return list
}

func (s *nameServer) serve(w dns.ResponseWriter, q *dns.Msg) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := strings.ToLower(q.Question[0].Name)
	s.asked = append(s.asked, name)
	_, udp := w.RemoteAddr().(*net.UDPAddr)
	if !udp {
		s.tcp++
	}
	reply := s.answer(q)
	switch s.faults[name] {
	case silence:
		return
	case servfail:
		reply = new(dns.Msg).SetRcode(q, dns.RcodeServerFailure)
	case refused:
		reply = new(dns.Msg).SetRcode(q, dns.RcodeRefused)
	case wrongID:
		forged := reply.Copy()
		forged.Id++
		forged.Answer = []dns.RR{mustRR(name + ` 60 IN NAPTR 1 1 "u" "ALTO:https" "!.*!https://evil.example/!" .`)}
		_ = w.WriteMsg(forged)
	case wrongQuestion:
		reply.Question[0].Name = "other.example."
	case noQuestion:
		reply.Question = nil
	case truncated:
		if udp {
			reply.Answer, reply.Truncated = nil, true
		}
	case garbage:
		_, _ = w.Write([]byte{1, 2, 3})
		return
	}
	_ = w.WriteMsg(reply)
}

func mustRR(text string) dns.RR {
	rr, err := dns.NewRR(text)
	if err != nil {
		panic(err)
	}
	return rr
}

// answer follows aliases, as a recursive resolver does.
func (s *nameServer) answer(q *dns.Msg) *dns.Msg {
	reply := new(dns.Msg).SetReply(q)
	name := strings.ToLower(q.Question[0].Name)
	for range 10 {
		if found := s.records[recordKey(name, q.Question[0].Qtype)]; found != nil {
			reply.Answer = append(reply.Answer, found...)
			return reply
		}
		alias := s.records[recordKey(name, dns.TypeCNAME)]
		if alias == nil {
			break
		}
		reply.Answer = append(reply.Answer, alias...)
		name = strings.ToLower(alias[0].(*dns.CNAME).Target)
	}
	if !s.exists(name) {
		reply.Rcode = dns.RcodeNameError
	}
	for _, soa := range s.zones {
		if dns.IsSubDomain(soa.Hdr.Name, name) {
			reply.Ns = []dns.RR{soa}
		}
	}
	return reply
}

// exists tells whether there is a record at name or below it.
func (s *nameServer) exists(name string) bool {
	for _, list := range s.records {
		if dns.IsSubDomain(name, list[0].Header().Name) {
			return true
		}
	}
	return false
}

package discovery

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
)

func newTestDNS(t testing.TB, servers ...string) *DNS {
	t.Helper()
	d, err := NewDNS(DNSConfig{Servers: servers, Timeout: 500 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDNSReadsRecords(t *testing.T) {
	s := startNameServer(t,
		`a.example. 600 IN NAPTR 100 10 "u" "ALTO:https" "!^(.*)\\.example$!https://\\1.example.net/\\!\\\\x\239!i" .`,
		`a.example. 300 IN NAPTR 200 20 "" "ALTO:https" "" next.example.`)
	answer, err := newTestDNS(t, s.addr).Records(t.Context(), "a.example.")
	if err != nil {
		t.Fatal(err)
	}
	want := []Record{
		{100, 10, "u", "ALTO:https", "!^(.*)\\.example$!https://\\1.example.net/\\!\\\\x\xef!i", "."},
		{200, 20, "", "ALTO:https", "", "next.example."},
	}
	slices.SortFunc(answer.Records, func(a, b Record) int { return int(a.Order) - int(b.Order) })
	if !slices.Equal(answer.Records, want) || answer.TTL != 300*time.Second || answer.Missing {
		t.Errorf("%+v,\nwant %+v", answer, want)
	}
}

func TestDNSFollowsAliases(t *testing.T) {
	s := startNameServer(t,
		`9.100.51.198.in-addr.arpa. 60 IN CNAME 9.0-25.100.51.198.in-addr.arpa.`,
		`9.0-25.100.51.198.in-addr.arpa. 600 IN CNAME t.example.`,
		`t.example. 600 IN NAPTR 1 1 "u" "ALTO:https" "!.*!https://a.example/!" .`,
		`u.example. 600 IN CNAME gone.example.`,
		`x.example. 600 IN CNAME y.example.`, `y.example. 600 IN CNAME x.example.`)
	d := newTestDNS(t, s.addr)
	answer, err := d.Records(t.Context(), "9.100.51.198.in-addr.arpa.")
	if err != nil || len(answer.Records) != 1 || answer.TTL != time.Minute {
		t.Errorf("%+v, %v: want one record for a minute, as long as the alias lasts", answer, err)
	}
	// What does not exist is the other name.
	if answer, err := d.Records(t.Context(), "u.example."); err != nil || answer.Missing || len(answer.Records) != 0 {
		t.Errorf("alias to nothing: %+v, %v", answer, err)
	}
	if answer, err := d.Records(t.Context(), "x.example."); err != nil || len(answer.Records) != 0 {
		t.Errorf("circle of aliases: %+v, %v", answer, err)
	}
}

func TestDNSTellsHowLongBadNewsHold(t *testing.T) {
	s := startNameServer(t,
		`example. 900 IN SOA ns.example. me.example. 1 2 3 4 120`,
		`short.test. 30 IN SOA ns.test. me.test. 1 2 3 4 120`,
		`brief.example. 10 IN CNAME none.example.`, `lasting.example. 999 IN CNAME none.example.`, `nosoa.test. 10 IN CNAME no.soa.`,
		`a.b.example. 60 IN A 192.0.2.1`)
	d := newTestDNS(t, s.addr)
	for name, want := range map[string]Answer{
		"none.example.": {Missing: true, TTL: 2 * time.Minute},
		"b.example.":    {TTL: 2 * time.Minute}, // nothing there, something below
		"a.short.test.": {Missing: true, TTL: 30 * time.Second},
		// An alias may lead somewhere else before that.
		"brief.example.":   {TTL: 10 * time.Second},
		"lasting.example.": {TTL: 2 * time.Minute},
		"nosoa.test.":      {TTL: -1},
		"no.soa.":          {Missing: true, TTL: -1},
	} {
		got, err := d.Records(t.Context(), name)
		if err != nil || got.Missing != want.Missing || got.TTL != want.TTL || got.Records != nil {
			t.Errorf("%s: %+v, %v; want %+v", name, got, err, want)
		}
	}
}

func TestDNSAsksOverTCPWhatDoesNotFit(t *testing.T) {
	s := startNameServer(t, `big.example. 60 IN NAPTR 1 1 "u" "ALTO:https" "!.*!https://a.example/!" .`)
	for i := range 30 {
		s.add(t, fmt.Sprintf(`long.example. 60 IN NAPTR 1 %d "u" "ALTO:https" "!.*!https://a.example/%s!" .`, i, strings.Repeat("x", 200)))
	}
	s.break_("big.example.", truncated)
	d := newTestDNS(t, s.addr)
	if answer, err := d.Records(t.Context(), "big.example."); err != nil || len(answer.Records) != 1 || s.tcp != 1 {
		t.Errorf("%+v, %v, %d times over TCP", answer, err, s.tcp)
	}
	// This one does not fit for true: the library cuts nothing, the datagram is
	// larger than we said.
	s.break_("long.example.", truncated)
	if answer, err := d.Records(t.Context(), "long.example."); err != nil || len(answer.Records) != 30 {
		t.Errorf("%d records, %v", len(answer.Records), err)
	}
}

func TestDNSFaults(t *testing.T) {
	t.Parallel()
	record := `n.example. 60 IN NAPTR 1 1 "u" "ALTO:https" "!.*!https://a.example/!" .`
	good := startNameServer(t, record)
	for name, tt := range map[string]struct {
		fault     fault
		answered  bool
		temporary bool
	}{
		"silence":        {silence, false, true},
		"SERVFAIL":       {servfail, false, true},
		"REFUSED":        {refused, false, false},
		"wrong question": {wrongQuestion, false, true},
		"no question":    {noQuestion, false, true},
		"garbage":        {garbage, false, true},
		"wrong id first": {wrongID, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := startNameServer(t, record)
			s.break_("n.example.", tt.fault)
			answer, err := newTestDNS(t, s.addr).Records(t.Context(), "n.example.")
			if tt.answered {
				if err != nil || len(answer.Records) != 1 || !strings.Contains(answer.Records[0].Regexp, "a.example") {
					t.Errorf("%+v, %v", answer, err)
				}
				return
			}
			var lookup *LookupError
			if !errors.As(err, &lookup) || lookup.Temporary != tt.temporary || !strings.Contains(err.Error(), "n.example.") || !strings.Contains(err.Error(), s.addr) {
				t.Errorf("%v (temporary: %v)", err, Temporary(err))
			}
			if answer, err := newTestDNS(t, s.addr, good.addr).Records(t.Context(), "n.example."); err != nil || len(answer.Records) != 1 {
				t.Errorf("the second server: %+v, %v", answer, err)
			}
		})
	}
}

func TestDNSStopsWhenCancelled(t *testing.T) {
	s := startNameServer(t)
	s.break_("n.example.", silence)
	d, err := NewDNS(DNSConfig{Servers: []string{s.addr}, Timeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	if _, err := d.Records(ctx, "n.example."); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestDNSFindsAddresses(t *testing.T) {
	s := startNameServer(t,
		`h.example. 60 IN CNAME i.example.`, `i.example. 60 IN A 192.0.2.1`, `i.example. 60 IN AAAA 2001:db8::1`,
		`four.example. 60 IN A 192.0.2.4`)
	d := newTestDNS(t, s.addr)
	for host, want := range map[string]string{
		"h.example": "[2001:db8::1 192.0.2.1]", "four.example.": "[192.0.2.4]", "none.example": "[]",
	} {
		got, err := d.Addresses(t.Context(), host)
		if fmt.Sprint(got) != want || err != nil {
			t.Errorf("%s: %v, %v", host, got, err)
		}
	}
	s.break_("four.example.", servfail)
	if _, err := d.Addresses(t.Context(), "four.example"); err == nil {
		t.Error("a failure is no address")
	}
	if _, err := d.Addresses(t.Context(), strings.Repeat("x", 300)); Temporary(err) {
		t.Errorf("not a name: %v", err)
	}
}

func TestNewDNSRefusesNames(t *testing.T) {
	for _, s := range []string{"127.0.0.1", "dns.example:53", ":53", ""} {
		if _, err := NewDNS(DNSConfig{Servers: []string{s}}); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("%q", s)) {
			t.Errorf("%q: %v", s, err)
		}
	}
	if _, err := os.Stat("/etc/resolv.conf"); err == nil {
		if d, err := NewDNS(DNSConfig{}); err == nil {
			if _, err := netip.ParseAddrPort(d.config.Servers[0]); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestUnescape(t *testing.T) {
	for in, want := range map[string]string{
		``: "", `plain`: "plain", `a\\b`: `a\b`, `\"`: `"`, `\065\255`: "A\xff", `\256`: "256", `\1`: "1", `end\`: `end\`,
	} {
		if got := unescape(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// FuzzAnswer reads any reply: bounded work, no panic, and nothing of names that were
// not asked for.
func FuzzAnswer(f *testing.F) {
	name := "a.example."
	for _, records := range [][]string{
		{`a.example. 600 IN NAPTR 100 10 "u" "ALTO:https" "!.*!https://x.example/\\\\\200!" .`, `b.example. 1 IN NAPTR 1 1 "" "" "" c.example.`},
		{`a.example. 60 IN CNAME b.example.`, `b.example. 30 IN CNAME a.example.`},
		{`a.example. 60 IN CNAME b.example.`, `b.example. 2147483648 IN NAPTR 1 1 "" "ALTO:http" "" c.example.`},
		{},
	} {
		m := new(dns.Msg).SetQuestion(name, dns.TypeNAPTR)
		m.Response = true
		for _, r := range records {
			m.Answer = append(m.Answer, mustRR(r))
		}
		m.Ns = []dns.RR{mustRR(`example. 900 IN SOA ns.example. me.example. 1 2 3 4 120`)}
		wire, err := m.Pack()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(wire)
	}
	f.Fuzz(func(t *testing.T, wire []byte) {
		m := new(dns.Msg)
		if m.Unpack(wire) != nil {
			return
		}
		a := answerOf(m, name)
		if len(a.Records) > len(m.Answer) || a.Missing && len(a.Records) > 0 || a.TTL > 1<<32*time.Second {
			t.Errorf("%+v of %v", a, m)
		}
		for _, r := range a.Records {
			if len(r.Flags) > 255 || len(r.Service) > 255 || len(r.Regexp) > 255 {
				t.Errorf("%+v has strings that no record can have", r)
			}
		}
		for _, protocol := range []string{protocolHTTPS, protocolHTTP} {
			for _, r := range rules(a.Records, protocol) {
				if r.terminal() {
					_, _ = r.uri(name, protocol)
				}
			}
		}
	})
}

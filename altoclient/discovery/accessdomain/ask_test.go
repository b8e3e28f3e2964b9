package accessdomain

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"
	"github.com/insomniacslk/dhcp/dhcpv6"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// answers is what a DHCP server on loopback sends for one question.
type answers func(question []byte) [][]byte

// fakeServer runs a server and returns an exchange with it, and what it was asked.
func fakeServer(t *testing.T, host string, serve answers) (exchange, func() [][]byte) {
	t.Helper()
	conn, err := net.ListenPacket("udp", net.JoinHostPort(host, "0"))
	if err != nil {
		t.Skipf("no %s here: %v", host, err)
	}
	var mu sync.Mutex
	var asked [][]byte
	done := make(chan struct{})
	go func() {
		defer close(done)
		for buffer := make([]byte, 4096); ; {
			n, from, err := conn.ReadFrom(buffer)
			if err != nil {
				return
			}
			question := slices.Clone(buffer[:n])
			mu.Lock()
			asked = append(asked, question)
			mu.Unlock()
			for _, a := range serve(question) {
				_, _ = conn.WriteTo(a, from)
			}
		}
	}()
	t.Cleanup(func() {
		_ = conn.Close()
		<-done
	})
	at := exchange{
		local:  netip.AddrPortFrom(netip.MustParseAddr(host), 0),
		server: conn.LocalAddr().(*net.UDPAddr).AddrPort(),
		first:  time.Minute,
	}
	return at, func() [][]byte {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(asked)
	}
}

var hardware = net.HardwareAddr{2, 0, 0, 0, 0, 7}

// ack answers a DHCPINFORM.
func ack(t *testing.T, question []byte, options ...dhcpv4.Option) *dhcpv4.DHCPv4 {
	q, err := dhcpv4.FromBytes(question)
	if err != nil {
		t.Errorf("the server got no message: %v", err)
		return new(dhcpv4.DHCPv4)
	}
	m, err := dhcpv4.NewReplyFromRequest(q, dhcpv4.WithMessageType(dhcpv4.MessageTypeAck))
	if err != nil {
		t.Error(err)
	}
	for _, o := range options {
		m.UpdateOption(o)
	}
	return m
}

func TestInformAsksForTheNamesOnly(t *testing.T) {
	at, asked := fakeServer(t, "127.0.0.1", func(q []byte) [][]byte {
		// Answers that are none: noise, another question's, another host's, another
		// type's, and a question.
		strange, elsewhere, offer, request := ack(t, q, access4("strange.example")), ack(t, q, access4("elsewhere.example")), ack(t, q, access4("offer.example")), ack(t, q)
		strange.TransactionID[0]++
		elsewhere.ClientHWAddr = net.HardwareAddr{2, 0, 0, 0, 0, 8}
		offer.UpdateOption(dhcpv4.OptMessageType(dhcpv4.MessageTypeOffer))
		request.OpCode = dhcpv4.OpcodeBootRequest
		return [][]byte{
			[]byte("noise"), strange.ToBytes(), elsewhere.ToBytes(), offer.ToBytes(), request.ToBytes(),
			ack(t, q, access4("access.example.net"), dhcpv4.OptDomainName("pop7.example.net")).ToBytes(),
		}
	})
	names, err := inform(t.Context(), at, hardware)
	if show(names) != "access access.example.net, domain pop7.example.net" || err != nil {
		t.Errorf("%s, %v", show(names), err)
	}
	q, err := dhcpv4.FromBytes(asked()[0])
	if err != nil {
		t.Fatal(err)
	}
	// RFC 2131 section 4.4.3 and table 5.
	if q.OpCode != dhcpv4.OpcodeBootRequest || q.MessageType() != dhcpv4.MessageTypeInform || q.ClientIPAddr.String() != "127.0.0.1" || q.ClientHWAddr.String() != hardware.String() {
		t.Errorf("asked %s", q.Summary())
	}
	for _, forbidden := range []dhcpv4.OptionCode{dhcpv4.OptionRequestedIPAddress, dhcpv4.OptionIPAddressLeaseTime, dhcpv4.OptionServerIdentifier} {
		if q.Options.Has(forbidden) {
			t.Errorf("the question has option %v", forbidden)
		}
	}
	if got := q.Options.Get(dhcpv4.OptionParameterRequestList); !slices.Equal(got, []byte{213, 15}) {
		t.Errorf("asked for options %d", got)
	}
}

// reply answers an Information-request.
func reply(t *testing.T, question []byte, options ...dhcpv6.Option) *dhcpv6.Message {
	q, err := dhcpv6.MessageFromBytes(question)
	if err != nil {
		t.Errorf("the server got no message: %v", err)
		return new(dhcpv6.Message)
	}
	m := &dhcpv6.Message{MessageType: dhcpv6.MessageTypeReply, TransactionID: q.TransactionID}
	for _, o := range options {
		m.AddOption(o)
	}
	return m
}

func TestInformationRequestAsksForTheNamesOnly(t *testing.T) {
	at, asked := fakeServer(t, "::1", func(q []byte) [][]byte {
		strange, advertisement := reply(t, q, access6("strange.example")), reply(t, q, access6("advertised.example"))
		strange.TransactionID[0]++
		advertisement.MessageType = dhcpv6.MessageTypeAdvertise
		return [][]byte{{}, strange.ToBytes(), advertisement.ToBytes(), reply(t, q, access6("six.example.net")).ToBytes()}
	})
	names, err := request(t.Context(), at)
	if show(names) != "access six.example.net" || err != nil {
		t.Errorf("%s, %v", show(names), err)
	}
	q, err := dhcpv6.MessageFromBytes(asked()[0])
	if err != nil {
		t.Fatal(err)
	}
	// RFC 8415 section 18.2.6.
	wanted := q.Options.RequestedOptions()
	if q.MessageType != dhcpv6.MessageTypeInformationRequest || len(q.Options.IANA()) > 0 || q.Options.ServerID() != nil || q.GetOneOption(dhcpv6.OptionElapsedTime) == nil ||
		!slices.Equal(wanted, dhcpv6.OptionCodes{optionAccess6, dhcpv6.OptionInformationRefreshTime, dhcpv6.OptionInfMaxRT}) {
		t.Errorf("asked %s", q.Summary())
	}
}

func TestAQuestionIsPutAgain(t *testing.T) {
	t.Parallel()
	n := 0
	at, asked := fakeServer(t, "127.0.0.1", func(q []byte) [][]byte {
		if n++; n == 1 {
			return nil
		}
		return [][]byte{ack(t, q, access4("access.example.net")).ToBytes()}
	})
	at.first = 50 * time.Millisecond
	names, err := inform(t.Context(), at, hardware)
	if show(names) != "access access.example.net" || err != nil || len(asked()) < 2 {
		t.Errorf("%s, %v after %d questions", show(names), err, len(asked()))
	}

	at, asked = fakeServer(t, "127.0.0.1", func([]byte) [][]byte { return nil })
	at.first = time.Millisecond
	if _, err := inform(t.Context(), at, hardware); !errors.Is(err, errNoAnswer) {
		t.Errorf("error %v", err)
	}
	if len(asked()) > tries {
		t.Errorf("%d questions, want %d", len(asked()), tries)
	}
}

func TestAskingEndsWhenCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	at, _ := fakeServer(t, "127.0.0.1", func([]byte) [][]byte {
		cancel()
		return nil
	})
	at.first = time.Hour
	if _, err := inform(ctx, at, hardware); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	at.delay = time.Hour
	if _, err := request(ctx, at); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// A DHCP client has its port for itself in no case that we know, so that we may
// have it, too.
func TestThePortIsSharedWithTheDHCPClient(t *testing.T) {
	at, _ := fakeServer(t, "127.0.0.1", func(q []byte) [][]byte {
		return [][]byte{ack(t, q, access4("access.example.net")).ToBytes()}
	})
	config := net.ListenConfig{Control: shareAddress}
	client, err := config.ListenPacket(t.Context(), "udp", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	at.local = netip.AddrPortFrom(at.local.Addr(), client.LocalAddr().(*net.UDPAddr).AddrPort().Port())
	if names, err := inform(t.Context(), at, hardware); show(names) != "access access.example.net" || err != nil {
		t.Errorf("%s, %v", show(names), err)
	}
}

func TestServersAreAskedOnlyWhereNoClientHasKeptTheName(t *testing.T) {
	asked := 0
	at := now
	learner := func(root fstest.MapFS, answer []Name, err error) *Learner {
		l := New(Config{Root: root, Interfaces: []string{"eth0"}, Now: func() time.Time { return at }})
		l.ask = func(_ context.Context, device string) ([]Name, error) {
			asked++
			if device != "eth0" {
				t.Errorf("asked on %s", device)
			}
			return answer, err
		}
		return l
	}
	names := func(l *Learner, want string, wantAsked int) {
		t.Helper()
		asked = 0
		got, err := l.Names(t.Context())
		if show(got) != want || asked != wantAsked {
			t.Errorf("%s (%v) after %d questions; want %s after %d", show(got), err, asked, want, wantAsked)
		}
	}
	heard := []Name{{Domain: "access.example.net", Kind: Access, From: "eth0"}, {Domain: "pop7.example.net", Kind: Domain, From: "eth0"}}

	names(learner(fstest.MapFS{"var/lib/dhcp/dhclient.leases": written(`lease { option v4-access-domain "kept.example.net."; }`)}, heard, nil), "access kept.example.net", 0)

	l := learner(fstest.MapFS{"run/systemd/netif/leases/2": written("DOMAINNAME=dsl.example.net")}, heard, nil)
	names(l, "access access.example.net, domain pop7.example.net, domain dsl.example.net", 1)
	at = at.Add(heardFor - time.Second)
	names(l, "access access.example.net, domain pop7.example.net, domain dsl.example.net", 0)
	at = at.Add(time.Second)
	names(l, "access access.example.net, domain pop7.example.net, domain dsl.example.net", 1)

	l = learner(fstest.MapFS{"etc/resolv.conf": written("search example.net")}, nil, errNoAnswer)
	names(l, "search example.net", 1)
	if _, err := l.Names(t.Context()); !errors.Is(err, errNoAnswer) {
		t.Errorf("error %v", err)
	}
	at = at.Add(deafFor - time.Second)
	names(l, "search example.net", 0)
	at = at.Add(time.Second)
	names(l, "search example.net", 1)

	l = New(Config{Root: fstest.MapFS{}})
	names(l, "", 0)
}

func TestInterfacesThatCannotBeAskedAreNamed(t *testing.T) {
	if _, err := askOn(t.Context(), "no-such-if"); err == nil || !strings.Contains(err.Error(), `interface "no-such-if"`) {
		t.Errorf("error %v", err)
	}
	four, six := localAddresses([]net.Addr{
		&net.IPNet{IP: net.ParseIP("2001:db8::7"), Mask: net.CIDRMask(64, 128)}, &net.IPNet{IP: net.ParseIP("fe80::7"), Mask: net.CIDRMask(64, 128)},
		&net.IPNet{IP: net.ParseIP("192.0.2.7"), Mask: net.CIDRMask(24, 32)}, &net.IPNet{IP: net.ParseIP("192.0.2.8"), Mask: net.CIDRMask(24, 32)}, &net.UnixAddr{},
	})
	if four.String() != "192.0.2.7" || six.String() != "fe80::7" {
		t.Errorf("%v, %v", four, six)
	}
}

package accessdomain

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"
	"github.com/insomniacslk/dhcp/dhcpv6"
	"github.com/insomniacslk/dhcp/rfc1035label"
)

var now = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

func labels(domain string) []byte {
	var b []byte
	for l := range strings.SplitSeq(domain, ".") {
		b = append(append(b, byte(len(l))), l...)
	}
	return append(b, 0)
}

// lease4 is a lease as dhcpcd keeps it.
func lease4(t testing.TB, seconds uint32, options ...dhcpv4.Option) []byte {
	t.Helper()
	m, err := dhcpv4.New(dhcpv4.WithMessageType(dhcpv4.MessageTypeAck), dhcpv4.WithLeaseTime(seconds))
	if err != nil {
		t.Fatal(err)
	}
	m.OpCode = dhcpv4.OpcodeBootReply
	for _, o := range options {
		m.UpdateOption(o)
	}
	return m.ToBytes()
}

func lease6(t testing.TB, valid time.Duration, options ...dhcpv6.Option) []byte {
	t.Helper()
	m, err := dhcpv6.NewMessage()
	if err != nil {
		t.Fatal(err)
	}
	m.MessageType = dhcpv6.MessageTypeReply
	m.AddOption(&dhcpv6.OptIANA{Options: dhcpv6.IdentityOptions{Options: dhcpv6.Options{&dhcpv6.OptIAAddress{
		IPv6Addr: make([]byte, 16), PreferredLifetime: valid / 2, ValidLifetime: valid,
	}}}})
	for _, o := range options {
		m.AddOption(o)
	}
	return m.ToBytes()
}

func access4(domain string) dhcpv4.Option {
	return dhcpv4.OptGeneric(optionAccess4, labels(domain))
}

func access6(domain string) dhcpv6.Option {
	return &dhcpv6.OptionGeneric{OptionCode: optionAccess6, OptionData: labels(domain)}
}

func written(text string) *fstest.MapFile {
	return &fstest.MapFile{Data: []byte(text), ModTime: now.Add(-time.Hour)}
}

// show makes a line of names.
func show(names []Name) string {
	short := map[Kind]string{Access: "access", Domain: "domain", Search: "search"}
	var list []string
	for _, n := range names {
		list = append(list, short[n.Kind]+" "+n.Domain)
	}
	return strings.Join(list, ", ")
}

const (
	networkdLease = `# This is private data. Do not parse.
ADDRESS=192.0.2.7
DNS=192.0.2.53
LIFETIME=86400
DOMAINNAME=Pop7.Example.NET
DOMAIN_SEARCH_LIST=example.net corp.example.org.
HOSTNAME=tracker
`
	networkdJSON = `{
	"Address" : [192,0,2,7],
	"Lifetime" : "1d",
	"Servers" : {"DNS" : [[192,0,2,53]]},
	"Domain_Name" : "pop7.example.net",
	"Domain_Search_List" : ["example.net", "lan"]
}`
	networkdLink = `ADMIN_STATE=configured
DNS=192.0.2.53
DOMAINS=example.net example.org
ROUTE_DOMAINS=
DHCP_LEASE=/run/systemd/netif/leases/2
`
	dhclientLeases = `default-duid "\000\001\000\0012\232\370LJ\202\272";
lease {
  interface "eth0";
  fixed-address 192.0.2.7;
  option subnet-mask 255.255.255.0;
  option domain-name "old.example.net";
  renew 4 2026/11/26 10:00:00;
  expire 4 2026/11/26 13:00:00;
}
lease {
  interface "eth0";
  fixed-address 192.0.2.7;
  option subnet-mask 255.255.255.0;
  option domain-name-servers 192.0.2.53,192.0.2.54;
  option domain-name "pop7.example.net corp.example.net";
  option domain-search "example.net.", "example.org.";
  option v4-access-domain access.example.net.;
  renew 4 2026/11/26 12:30:00; # in half an hour
  expire 4 2026/11/26 13:30:00;
}
lease {
  interface "eth1";
  option domain-name "gone.example";
  expire 4 2026/11/26 11:59:59;
}
lease {
  interface "eth2";
  option unknown-213 6:72:61:64:69:75:73:7:65:78:61:6d:70:6c:65:0;
  expire never;
}
`
	dhclientLeases6 = `default-duid "\000\001";
lease6 {
  interface "eth0";
  ia-na 00:16:3e:12 {
    starts 1795690800;
    renew 1800;
    iaaddr 2001:db8::7 {
      starts 1795690800;
      preferred-life 3600;
      max-life 7200;
    }
  }
  option dhcp6.client-id 0:1:0:1;
  option dhcp6.v6-access-domain six.example.net.;
  option dhcp6.domain-search "example.net.";
}
lease6 {
  interface "eth1";
  ia-na 00:16:3e:13 {
    iaaddr 2001:db8::8 { starts 1795600000; max-life 7200; }
  }
  option dhcp6.v6-access-domain over.example.net.;
}
`
)

func TestWhatTheClientsOfAHostHaveKept(t *testing.T) {
	for name, tt := range map[string]struct {
		path string
		text string
		want string
	}{
		"networkd":                 {"run/systemd/netif/leases/2", networkdLease, "domain pop7.example.net, search example.net, search corp.example.org"},
		"networkd, newer":          {"run/systemd/netif/leases/2", networkdJSON, "domain pop7.example.net, search example.net"},
		"networkd's link":          {"run/systemd/netif/links/2", networkdLink, "search example.net, search example.org"},
		"dhclient, Debian":         {"var/lib/dhcp/dhclient.eth0.leases", dhclientLeases, "access access.example.net, access radius.example, domain pop7.example.net, domain corp.example.net, search example.net, search example.org"},
		"dhclient, Red Hat":        {"var/lib/dhclient/dhclient-5fb0-eth0.lease", dhclientLeases6, "access six.example.net, search example.net"},
		"dhclient, NetworkManager": {"var/lib/NetworkManager/dhclient-5fb0-eth0.lease", `lease { option domain-name "example.net"; expire epoch 1795999999; }`, "domain example.net"},
		"dhcpcd":                   {"var/lib/dhcpcd/eth0.lease", string(lease4(t, 7200, access4("access.example.net"), dhcpv4.OptDomainName("pop7.example.net\x00"))), "access access.example.net, domain pop7.example.net"},
		"dhcpcd, over":             {"var/lib/dhcpcd/eth0.lease", string(lease4(t, 3600, access4("access.example.net"))), ""},
		"dhcpcd, for ever":         {"var/db/dhcpcd/eth0.lease", string(lease4(t, 1<<32-1, access4("access.example.net"))), "access access.example.net"},
		"dhcpcd, IPv6":             {"var/lib/dhcpcd/eth0.lease6", string(lease6(t, 2*time.Hour, access6("six.example.net"), dhcpv6.OptDomainSearchList(&rfc1035label.Labels{Labels: []string{"example.net"}}))), "access six.example.net, search example.net"},
		"dhcpcd, IPv6, over":       {"var/lib/dhcpcd/eth0.lease6", string(lease6(t, time.Minute, access6("six.example.net"))), ""},
		"resolv.conf, domain":      {"etc/resolv.conf", "nameserver 192.0.2.53\ndomain example.net\n", "search example.net"},
		"resolv.conf, search":      {"etc/resolv.conf", "domain example.com\n# search no.example\nsearch example.net.\texample.org\noptions edns0", "search example.net, search example.org"},
		"resolv.conf, nothing":     {"etc/resolv.conf", "search .\n", ""},
		"names of home routers":    {"etc/resolv.conf", "search lan fritz.local foo.home.arpa c.project.internal -a.example a..example ex_ample.net " + strings.Repeat("a", 64) + ".example", "search ex_ample.net"},
		"somebody else's file":     {"var/lib/dhcpcd/duid", "00:01", ""},
	} {
		t.Run(name, func(t *testing.T) {
			names, err := Read(fstest.MapFS{tt.path: written(tt.text)}, now)
			if err != nil {
				t.Error(err)
			}
			if got := show(names); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			for _, n := range names {
				if n.From != tt.path {
					t.Errorf("%s is from %q", n.Domain, n.From)
				}
			}
		})
	}
}

func TestTheBetterKindOfNameComesFirst(t *testing.T) {
	names, err := Read(fstest.MapFS{
		"etc/resolv.conf":               written("search example.net pop7.example.net"),
		"run/systemd/netif/leases/2":    written("DOMAINNAME=pop7.example.net"),
		"run/systemd/netif/links/2":     written("DOMAINS=example.net"),
		"var/lib/dhcp/dhclient.leases":  written(`lease { option v4-access-domain "access.example.net."; }`),
		"var/lib/dhcpcd/eth0.lease":     written(string(lease4(t, 7200, dhcpv4.OptDomainName("dsl.example.net")))),
		"run/systemd/netif/leases/pipe": {Mode: fs.ModeNamedPipe},
	}, now)
	if want := "access access.example.net, domain pop7.example.net, domain dsl.example.net, search example.net"; show(names) != want || err != nil {
		t.Errorf("%s, %v; want %s", show(names), err, want)
	}
	var long []string
	for i := range 20 {
		long = append(long, fmt.Sprintf("n%d.example", i))
	}
	names, _ = Read(fstest.MapFS{"etc/resolv.conf": written("search " + strings.Join(long, " "))}, now)
	if len(names) != maxNames {
		t.Errorf("%d names, want %d at most", len(names), maxNames)
	}
}

func TestWhatCannotBeReadIsNamedAndTheRestIsRead(t *testing.T) {
	for path, tt := range map[string]struct{ text, want string }{
		"var/lib/dhcp/dhclient.leases":   {`lease { option domain-name "x`, "a string has no end"},
		"var/lib/dhcp/dhclient6.leases":  {"lease6 {", "a block has no end"},
		"var/lib/dhcp/dhclient.a.leases": {"lease { expire soon; }", `expire: "soon" is no time`},
		"var/lib/dhcp/dhclient.b.leases": {"lease { option unknown-213 5:61; }", "option: unknown-213: the domain name is cut short"},
		"var/lib/dhcp/dhclient.c.leases": {strings.Repeat("lease {", 20), "nested too deeply"},
		"var/lib/dhcp/dhclient.d.leases": {"lease { option unknown-213 q; }", "unknown-213: encoding/hex"},
		"var/lib/dhcpcd/eth0.lease":      {"not a message", "buffer too short"},
		"var/lib/dhcpcd/eth0.lease6":     {"\x07", "buffer too short"},
		"var/lib/dhcpcd/eth1.lease":      {string(lease4(t, 7200, dhcpv4.OptGeneric(optionAccess4, []byte{200}))), "option 213: "},
		"var/lib/dhcpcd/eth1.lease6":     {string(lease6(t, time.Hour*2, &dhcpv6.OptionGeneric{OptionCode: optionAccess6, OptionData: []byte{1, 'a', 0, 1}})), "there is more after the domain name"},
		"run/systemd/netif/leases/2":     {`{"Domain_Name": 7}`, "Domain_Name"},
		"run/systemd/netif/leases/3":     {strings.Repeat("x", maxFile+1), "more than"},
	} {
		names, err := Read(fstest.MapFS{path: written(tt.text), "etc/resolv.conf": written("search example.net")}, now)
		if err == nil || !strings.Contains(err.Error(), path+": ") || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want something of %q", path, err, tt.want)
		}
		if show(names) != "search example.net" {
			t.Errorf("%s: names %s", path, show(names))
		}
	}
	names, err := Read(forbidding{fstest.MapFS{"etc/resolv.conf": written("search example.net")}}, now)
	if !errors.Is(err, fs.ErrPermission) || names != nil || strings.Count(err.Error(), "etc/resolv.conf") != 1 {
		t.Errorf("%s, %v", show(names), err)
	}
}

// forbidding is a file system whose files nobody may open.
type forbidding struct{ fstest.MapFS }

func (f forbidding) Open(path string) (fs.File, error) {
	if info, err := fs.Stat(f.MapFS, path); err == nil && info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrPermission}
	}
	return f.MapFS.Open(path)
}

func TestLabels(t *testing.T) {
	for in, want := range map[string]string{
		"\x07example\x03net\x00": "example.net", "\x07example\x03net": "example.net", "\x00": "",
	} {
		if got, err := parseLabels([]byte(in)); got != want || err != nil {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
	for in, want := range map[string]string{
		"": "empty", "\x07exam": "cut short", "\xc0\x00": "more than 63", "\x01a\x00\x01b": "more after", "\x03a.b\x00": "dot",
	} {
		if got, err := parseLabels([]byte(in)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
}

// checkNames: what comes of anything is fit to be looked up.
func checkNames(t *testing.T, names []Name) {
	t.Helper()
	for _, n := range names {
		if again, ok := usable(n.Domain); !ok || again != n.Domain || n.Kind > Search {
			t.Errorf("%+v", n)
		}
	}
	if list := choose(slices.Clone(names)); len(list) > maxNames {
		t.Errorf("%d names", len(list))
	}
}

func fuzz(f *testing.F, parse func(file) ([]Name, error), seeds ...string) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		names, _ := parse(file{text: text, modified: now, now: now})
		checkNames(t, names)
	})
}

func FuzzNetworkd(f *testing.F) { fuzz(f, parseNetworkd, networkdLease, networkdJSON, networkdLink) }

func FuzzDhclient(f *testing.F) { fuzz(f, parseDhclient, dhclientLeases, dhclientLeases6) }

func FuzzResolvConf(f *testing.F) {
	fuzz(f, parseResolvConf, "domain a.example\nsearch b.example c.example")
}

func FuzzDhcpcd(f *testing.F) {
	fuzz(f, parseDhcpcd, string(lease4(f, 7200, access4("a.example"), dhcpv4.OptDomainName("b.example"))))
}

func FuzzDhcpcd6(f *testing.F) {
	fuzz(f, parseDhcpcd6, string(lease6(f, time.Hour, access6("a.example"),
		dhcpv6.OptDomainSearchList(&rfc1035label.Labels{Labels: []string{"b.example"}}))))
}

func FuzzLabels(f *testing.F) {
	f.Add(labels("a.example"))
	f.Add([]byte{0xc0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		domain, err := parseLabels(b)
		// What is a host name is written in one way only, but for the end.
		if name, ok := usable(domain); err == nil && ok && strings.EqualFold(name, domain) {
			if again := labels(domain); string(again) != string(b) && string(again) != string(b)+"\x00" {
				t.Errorf("%q is %q", b, domain)
			}
		}
	})
}

func TestChangesOfTheFilesAreSeen(t *testing.T) {
	host := fstest.MapFS{"etc/resolv.conf": written("search example.net")}
	l := New(Config{Root: host, Now: func() time.Time { return now }})
	if l.Changed() {
		t.Error("changed before anybody has read them")
	}
	for _, step := range []struct {
		name   string
		change func()
	}{
		{"another content", func() { host["etc/resolv.conf"] = written("search pop7.example.net") }},
		{"written again", func() { host["etc/resolv.conf"].ModTime = now }},
		{"one more", func() { host["var/lib/dhcp/dhclient.leases"] = written("") }},
		{"one less", func() { delete(host, "var/lib/dhcp/dhclient.leases") }},
	} {
		if _, err := l.Names(t.Context()); err != nil {
			t.Fatal(err)
		}
		if l.Changed() {
			t.Errorf("%s: changed too early", step.name)
		}
		if step.change(); !l.Changed() {
			t.Errorf("%s: not seen", step.name)
		}
	}
}

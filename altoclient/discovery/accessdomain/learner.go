package accessdomain

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Config says where a [Learner] looks.
type Config struct {
	// Root is the file system of the host; nil means that of this one.
	Root fs.FS

	// Interfaces are those whose DHCP servers are asked where no DHCP client has kept
	// an access network domain name. None means that nobody is asked. To ask takes the
	// right to bind the ports 68 and 546.
	Interfaces []string

	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Learner learns the names of the access networks that this host is in. It may be
// used from several goroutines.
type Learner struct {
	config Config
	ask    func(ctx context.Context, device string) ([]Name, error)

	mu    sync.Mutex // guards what follows; held while servers are asked
	heard []Name
	wrong error
	next  time.Time // no sooner are servers asked again

	seen atomic.Pointer[[]trace] // of the files, when they were read; nil: never
}

// How long answers of DHCP servers are used, and how long to leave alone those that
// do not answer.
const (
	heardFor = time.Hour
	deafFor  = 5 * time.Minute
)

// New returns a Learner.
func New(config Config) *Learner {
	if config.Root == nil {
		config.Root = os.DirFS("/")
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	return &Learner{config: config, ask: askOn}
}

// Times of the first question (RFC 2131 section 4.1; RFC 8415 section 7.6).
const (
	firstWait4 = 4 * time.Second
	firstWait6 = time.Second
	maxDelay6  = time.Second
)

// Names returns the names, the best first. It takes up to a minute if DHCP servers
// are to be asked and do not answer. The error tells what went wrong on the way; there
// may be names all the same.
func (l *Learner) Names(ctx context.Context) ([]Name, error) {
	l.seen.Store(new(traces(l.config.Root))) // before they are read: a change meanwhile counts
	names, err := Read(l.config.Root, l.config.Now())
	if len(l.config.Interfaces) == 0 || len(names) > 0 && names[0].Kind == Access {
		return names, err
	}
	heard, wrong := l.hear(ctx)
	return choose(slices.Concat(heard, names)), errors.Join(err, wrong)
}

// Changed tells whether files have come, gone or changed since Names was called last.
// It reads none of them.
func (l *Learner) Changed() bool {
	seen := l.seen.Load()
	return seen != nil && !slices.Equal(*seen, traces(l.config.Root))
}

// hear returns what DHCP servers say, now or a while ago.
func (l *Learner) hear(ctx context.Context) ([]Name, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.config.Now().Before(l.next) {
		return l.heard, l.wrong
	}
	type answer struct {
		names []Name
		err   error
	}
	answers := make([]answer, len(l.config.Interfaces))
	var asking sync.WaitGroup
	for i, device := range l.config.Interfaces {
		asking.Go(func() { answers[i].names, answers[i].err = l.ask(ctx, device) })
	}
	asking.Wait()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	l.heard, l.wrong = nil, nil
	for _, a := range answers {
		l.heard, l.wrong = append(l.heard, a.names...), errors.Join(l.wrong, a.err)
	}
	l.next = l.config.Now().Add(heardFor)
	if l.heard == nil {
		l.next = l.config.Now().Add(deafFor)
	}
	return l.heard, l.wrong
}

// askOn asks the servers of an interface, in the protocols that it has an address for.
func askOn(ctx context.Context, device string) ([]Name, error) {
	link, err := net.InterfaceByName(device)
	if err != nil {
		return nil, fmt.Errorf("interface %q: %w", device, err)
	}
	addrs, err := link.Addrs()
	if err != nil {
		return nil, fmt.Errorf("interface %q: %w", device, err)
	}
	four, six := localAddresses(addrs)
	if !four.IsValid() && !six.IsValid() {
		return nil, fmt.Errorf("interface %q has neither an IPv4 address nor a link-local one of IPv6", device)
	}
	return both(ctx, device, link.HardwareAddr, four, six)
}

// localAddresses returns the first IPv4 address and the first link-local IPv6 one.
func localAddresses(addrs []net.Addr) (four, six netip.Addr) {
	for _, a := range addrs {
		p, err := netip.ParsePrefix(a.String())
		switch addr := p.Addr(); {
		case err != nil:
		case addr.Is4() && !four.IsValid():
			four = addr
		case addr.Is6() && addr.IsLinkLocalUnicast() && !six.IsValid():
			six = addr
		}
	}
	return four, six
}

// both asks in IPv4 and IPv6 at once.
func both(ctx context.Context, device string, hardware net.HardwareAddr, four, six netip.Addr) ([]Name, error) {
	var names4, names6 []Name
	var err4, err6 error
	var asking sync.WaitGroup
	if four.IsValid() {
		asking.Go(func() {
			broadcast := netip.AddrFrom4([4]byte{255, 255, 255, 255})
			names4, err4 = inform(ctx, exchange{
				local: netip.AddrPortFrom(four, 68), server: netip.AddrPortFrom(broadcast, 67), first: firstWait4,
			}, hardware)
		})
	}
	if six.IsValid() {
		asking.Go(func() {
			servers := netip.MustParseAddr("ff02::1:2") // All_DHCP_Relay_Agents_and_Servers
			names6, err6 = request(ctx, exchange{
				local: netip.AddrPortFrom(six.WithZone(device), 546), server: netip.AddrPortFrom(servers.WithZone(device), 547),
				delay: maxDelay6, first: firstWait6,
			})
		})
	}
	asking.Wait()
	names := slices.Concat(names4, names6)
	for i := range names {
		names[i].From = device
	}
	return names, errors.Join(named(device, "DHCP", err4), named(device, "DHCPv6", err6))
}

func named(device, protocol string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s on %s: %w", protocol, device, err)
}

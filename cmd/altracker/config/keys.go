package config

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/altracker/altracker/tracker/swarm"
)

// config reads the whole file: this is the table of all keys.
func (d *document) config(c *Config, n *yaml.Node) {
	a := &c.Announce
	d.section("", n, map[string]take{
		"http":  d.listener(&c.HTTP.Listen),
		"https": d.secure(&c.HTTPS),
		"udp":   d.listener(&c.UDP.Listen),
		"admin": d.listener(&c.Admin.Listen),
		"alto": d.within(map[string]take{
			"cache": d.text(&c.Cache, "want the path of a folder"),
			"sources": d.each(func(key string, n *yaml.Node) {
				c.Sources = append(c.Sources, d.source(key, n))
			}),
		}),
		"discovery": d.discovery(&c.Discovery),
		"policy":    func(key string, n *yaml.Node) { d.policy(&c.Policy, key, n) },
		"announce": d.within(map[string]take{
			"interval":        d.duration(&a.Interval, time.Second, 18*time.Hour),
			"min_interval":    d.duration(&a.MinInterval, time.Second, 18*time.Hour),
			"lifetime":        d.duration(&a.Lifetime, 2*time.Second, maxLifetime),
			"max_numwant":     d.integer(&a.MaxNumWant, 1, 2000),
			"default_numwant": d.integer(&a.DefaultNumWant, 1, 2000),
			"peer_ids":        d.boolean(&a.PeerIDs),

			"max_introductions": d.integer(&a.MaxIntroductions, 0, 290_000),
		}),
		"snapshot": d.within(map[string]take{
			"path":     d.text(&c.Snapshot.Path, "want the path of a file"),
			"interval": d.duration(&c.Snapshot.Interval, time.Second, 24*time.Hour),
		}),
		"dht": d.within(map[string]take{
			"listen":    parsed(d, &c.DHT.Listen, wantListen, listen),
			"bootstrap": appended(d, &c.DHT.Bootstrap, "want HOST:PORT", hostPort),
			"public_ip": parsed(d, &c.DHT.PublicIP, "want an IPv4 or IPv6 address", netip.ParseAddr),
			"private":   appended(d, &c.DHT.Private, "want an info hash of 40 hexadecimal digits", swarm.ParseInfoHash),
		}),
	})
}

const (
	wantListen    = `want an address to listen on, HOST:PORT or :PORT, or "" for none`
	wantDirectory = "want the http or https URL of an ALTO directory"
)

func (d *document) listener(into *string) take {
	return d.within(map[string]take{"listen": parsed(d, into, wantListen, listen)})
}

func (d *document) secure(into *SecureListener) take {
	return d.within(map[string]take{
		"listen": parsed(d, &into.Listen, wantListen, listen),
		"cert":   d.text(&into.Cert, "want the path of a file"),
		"key":    d.text(&into.Key, "want the path of a file"),
	})
}

func listen(s string) (string, error) {
	if s == "" {
		return s, nil
	}
	return hostPort(s)
}

func hostPort(s string) (string, error) {
	host, port, err := net.SplitHostPort(s)
	if strings.ContainsAny(host, " \t/@") {
		err = errRange
	}
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	return s, err
}

func (d *document) source(key string, n *yaml.Node) (s Source) {
	before := len(d.mistakes)
	d.section(key, n, map[string]take{
		"name":         d.text(&s.Name, "want a name"),
		"directory":    parsed(d, &s.Directory, wantDirectory, directory),
		"network_map":  d.text(&s.NetworkMap, "want the path of a file"),
		"cost_map":     d.text(&s.CostMap, "want the path of a file"),
		"map":          d.text(&s.Map, "want the id of a network map"),
		"properties":   appended(d, &s.Properties, "want the name of a property such as isp or region", property),
		"property_map": d.text(&s.PropertyMap, "want the path of a file"),
		"requesters":   appended(d, &s.Requesters, "want an address prefix such as 192.0.2.0/24", prefix),
		"internal":     appended(d, &s.Internal, "want a pattern of PID names such as pid-*", pattern),
		"refresh":      d.duration(&s.Refresh, time.Second, 24*time.Hour),
		"max_age":      d.duration(&s.MaxAge, time.Minute, 365*24*time.Hour),
		"updates":      d.word(&s.Updates, "poll", "sse", "tips", "auto"),
		"costs": d.each(func(key string, n *yaml.Node) {
			s.Costs = append(s.Costs, d.cost(key, n))
		}),

		"username":      d.text(&s.Username, "want a name"),
		"password":      d.text(&s.Password, "want a password"),
		"password_file": d.text(&s.PasswordFile, "want the path of a file"),
		"ca_file":       d.text(&s.CAFile, "want the path of a file"),
		"client_cert":   d.text(&s.ClientCert, "want the path of a file"),
		"client_key":    d.text(&s.ClientKey, "want the path of a file"),
	})
	if len(d.mistakes) > before {
		return s
	}
	switch {
	case s.Name == "":
		d.wrong(key+".name", nil, "missing; want a name")
	case s.Directory == "" && s.NetworkMap == "":
		d.wrong(key, nil, "want either directory, or network_map and cost_map")
	case s.Directory != "" && (s.NetworkMap != "" || s.CostMap != ""):
		d.wrong(key, nil, "want either directory, or network_map and cost_map, not both")
	default:
		d.remote(key, s)
	}
	return s
}

func (d *document) cost(key string, n *yaml.Node) (c Cost) {
	d.section(key, n, map[string]take{
		"metric":   d.text(&c.Metric, "want a cost metric such as routingcost"),
		"mode":     d.word(&c.Mode, "numerical", "ordinal"),
		"weight":   parsed(d, &c.Weight, "want a number above 0", positive),
		"better":   d.word(&c.Better, "lower", "higher"),
		"calendar": d.boolean(&c.Calendar),
	})
	if c.Metric == "" {
		d.wrong(key+".metric", nil, "missing; want a cost metric such as routingcost")
	}
	return c
}

func positive(s string) (float64, error) {
	v, err := number(s)
	if err == nil && v <= 0 {
		err = errRange
	}
	return v, err
}

// remote checks what makes sense with a directory only: which of its maps, who
// asks and who answers.
func (d *document) remote(key string, s Source) {
	for _, k := range []struct {
		name, value string
		ok          bool
		want        string
	}{
		{"map", s.Map, s.Directory != "", "want it with directory only"},
		{"properties", strings.Join(s.Properties, ","), s.Directory != "", "want it with directory only; beside files, property_map"},
		{"properties", strings.Join(s.Properties, ","), s.Updates == "" || s.Updates == "auto" || s.Updates == "poll", "want updates poll with it"},
		{"property_map", s.PropertyMap, s.Directory == "", "want it with network_map only"},
		{"updates", s.Updates, s.Directory != "" || s.Updates == "poll", "want it with directory only"},
		{"username", s.Username, s.Directory != "", "want it with directory only"},
		{"username", s.Username, s.Password != "" || s.PasswordFile != "", "want password or password_file with it"},
		{"password", s.Password, s.Username != "", "want username with it"},
		{"password", s.Password, s.PasswordFile == "", "want either password or password_file, not both"},
		{"password_file", s.PasswordFile, s.Username != "", "want username with it"},
		{"ca_file", s.CAFile, s.Directory != "", "want it with directory only"},
		{"client_cert", s.ClientCert, s.Directory != "", "want it with directory only"},
		{"client_cert", s.ClientCert, s.ClientKey != "", "want client_key with it"},
		{"client_key", s.ClientKey, s.ClientCert != "", "want client_cert with it"},
	} {
		if k.value != "" && !k.ok {
			d.wrong(key+"."+k.name, nil, k.want)
		}
	}
}

func directory(s string) (string, error) {
	u, err := url.Parse(s)
	if err == nil && (u.Scheme != "http" && u.Scheme != "https" || u.Host == "") {
		err = errRange
	}
	return s, err
}

func prefix(s string) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(s)
	if err == nil && p.Masked() != p {
		err = errRange
	}
	return p, err
}

func property(s string) (string, error) {
	if s == "" || strings.ContainsAny(s, " \t") {
		return s, errRange
	}
	return s, nil
}

func pattern(s string) (string, error) {
	_, err := path.Match(s, "")
	if s == "" {
		err = errRange
	}
	return s, err
}

// agree checks what no key can be told to be wrong on its own.
func (d *document) agree(c *Config) {
	a := c.Announce
	if a.MinInterval > a.Interval {
		d.wrong("announce.min_interval", nil, fmt.Sprintf("%v: want at most announce.interval, which is %v", a.MinInterval, a.Interval))
	}
	if a.Lifetime <= a.Interval {
		d.wrong("announce.lifetime", nil, fmt.Sprintf("%v: want more than announce.interval, which is %v", a.Lifetime, a.Interval))
	}
	if a.DefaultNumWant > a.MaxNumWant {
		d.wrong("announce.default_numwant", nil, fmt.Sprintf("%d: want at most announce.max_numwant, which is %d", a.DefaultNumWant, a.MaxNumWant))
	}
	seen := map[string]bool{}
	for i, s := range c.Sources {
		if seen[s.Name] {
			d.wrong(fmt.Sprintf("alto.sources[%d].name", i), nil, fmt.Sprintf("%q: there is a source of that name already", s.Name))
		}
		seen[s.Name] = true
	}
	if len(c.Discovery.DHCP) > 0 && !c.Discovery.LearnDomain {
		d.wrong("discovery.dhcp", nil, "want discovery.domain: auto with it")
	}
	if c.HTTP.Listen == "" && c.HTTPS.Listen == "" && c.UDP.Listen == "" {
		d.wrong("http.listen", nil, `"": want an address here or in udp.listen: nothing could announce`)
	}
	for _, k := range []struct{ name, value, other string }{
		{"cert", c.HTTPS.Cert, c.HTTPS.Listen},
		{"key", c.HTTPS.Key, c.HTTPS.Listen},
		{"listen", c.HTTPS.Listen, c.HTTPS.Cert + c.HTTPS.Key},
	} {
		if k.value == "" && k.other != "" {
			d.wrong("https."+k.name, nil, "missing; https wants listen, cert and key")
		}
	}
}

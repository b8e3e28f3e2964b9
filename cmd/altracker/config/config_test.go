package config

import (
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/altracker/altracker/selector"
	"time"
)

const full = `
http:  {listen: "127.0.0.1:6969"}
https: {listen: ":443", cert: "cert.pem", key: "key.pem"}
udp:   {listen: "127.0.0.1:6969"}
admin: {listen: "127.0.0.1:6970"}
alto:
  cache: maps
  sources:
    - name: lab
      directory: "http://127.0.0.1:8181/directory"
      requesters: ["127.0.0.0/8"]
      internal: ["pid-*"]
      updates: auto
      costs: [{metric: routingcost, weight: 2}, {metric: x-load, better: lower, calendar: true}]
    - name: files
      network_map: nm.json
      cost_map: cm.json
      property_map: pm.json
      internal: []
      max_age: 48h
    - name: closed
      directory: "https://alto.example.net/directory"
      map: coarse
      username: tracker
      password_file: secret.txt
      ca_file: ca.pem
      client_cert: cert.pem
      client_key: key.pem
policy:
  name: staged
  options: {intra_pid: 0.75, intra_isp: 0.90, random: 0.10}
announce: {interval: 30m, min_interval: 15m, max_numwant: 200, default_numwant: 50}
snapshot: {path: "swarms.snap", interval: 60s}
dht: {listen: ":6881", bootstrap: ["192.0.2.1:6881"], private: ["0101010101010101010101010101010101010101"]}
`

func TestFullFile(t *testing.T) {
	got, err := Parse([]byte(full))
	if err != nil {
		t.Fatal(err)
	}
	if want := []Source{
		{Name: "lab", Directory: "http://127.0.0.1:8181/directory", Requesters: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Internal: []string{"pid-*"}, Updates: "auto",
			Costs: []Cost{{Metric: "routingcost", Weight: 2}, {Metric: "x-load", Better: "lower", Calendar: true}}},
		{Name: "files", NetworkMap: "nm.json", CostMap: "cm.json", PropertyMap: "pm.json", Internal: []string{}, MaxAge: 48 * time.Hour},
		{Name: "closed", Directory: "https://alto.example.net/directory", Map: "coarse", Username: "tracker", PasswordFile: "secret.txt",
			CAFile: "ca.pem", ClientCert: "cert.pem", ClientKey: "key.pem"},
	}; !reflect.DeepEqual(got.Sources, want) {
		t.Errorf("sources %+v\nwant %+v", got.Sources, want)
	}
	if got.HTTP.Listen != "127.0.0.1:6969" || got.Policy.Options["intra_isp"] != 0.9 || got.Snapshot.Path != "swarms.snap" || got.Cache != "maps" ||
		got.Announce.Lifetime != time.Hour || got.DHT.Private[0][0] != 1 {
		t.Errorf("got %+v", got)
	}
}

func TestEmptyFilesAreTheDefault(t *testing.T) {
	want := Default()
	want.fill()
	for _, text := range []string{"", "# nothing\n", "{}", "http:\npolicy:\n"} {
		got, err := Parse([]byte(text))
		got.Policy.Options = nil
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
}

// TestMistakes: every line of want is one mistake, in full.
func TestMistakes(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"announce: {interval: soon}", `announce.interval: "soon": want a duration from 1s to 18h0m0s, such as 30m0s (line 1)`},
		{"anounce: {}", `anounce: no such key; want one of admin, alto, announce, dht, discovery, http, https, policy, snapshot, udp (line 1)`},
		{"http: {listen: 6969}", `http.listen: "6969": want an address to listen on, HOST:PORT or :PORT, or "" for none (line 1)`},
		{"http: [1]", "http: want a mapping with one of listen (line 1)"},
		{"udp: {listen: '[::1]:70000'}", `udp.listen: "[::1]:70000": want an address to listen on, HOST:PORT or :PORT, or "" for none (line 1)`},
		{"policy: {name: nearest}", `policy.name: "nearest": want one of ` + strings.Join(selector.Names(), ", ")},
		{"policy: {name: traversal, tree: [{name: a, in: b}, {name: a, class: [quick], role: both}], lists: [{home: a, fill: [{node: a, to: 0.5}]}]}",
			`policy.tree[1].class[0]: "quick": want one of unknown, slow, medium, fast (line 1)
policy.tree[1].role: "both": want seeder or leecher (line 1)
policy.tree[1].name: "a": want a name that no other node has (line 1)
policy.tree[0].in: "b": want the name of a node (line 1)`},
		{"policy: {name: traversal, tree: [{name: a}], lists: [{home: a, fill: [{node: b, to: 0.5}, {to: 0.4}]}]}",
			`policy.lists[0].fill[0].node: "b": want the name of a node of the tree (line 1)
policy.lists[0].fill[1].to: "0.4": want a share from that before it, 0.5, to 1 (line 1)
policy.lists[0].fill: "0.5": want a list that ends at 1 (line 1)`},
		{"policy: {name: mixed, of: nearest}", `policy.of: "nearest": want one of ` + strings.Join(selector.Names(), ", ")},
		{"policy: {name: staged, of: ranked}", "policy: policy staged: only mixed mixes with another policy"},
		{"policy: {name: staged, sources: {isp: {intra_pid: 0.99, random: 3}, cdn: 5}, census: {min_peers: 0}}",
			`policy.sources.cdn: "5": want a mapping of option names to numbers (line 1)
policy.census.min_peers: "0": want a whole number from 1 to 1000000 (line 1)
policy.sources.isp.random: "3": want a number from 0 to 1 (line 1)`},
		{"policy: {name: staged, sources: {isp: {intra_pid: 0.99}}}", `policy.sources.isp.intra_pid: "0.99": want at most intra_isp (line 1)`},
		{"policy: {options: {random: 2, foo: 1, intra_pid: x}, name: staged}",
			`policy.options.intra_pid: "x": want a number (line 1)
policy.options.foo: "1": want one of intra_pid, intra_region, intra_isp, random, stable (line 1)
policy.options.random: "2": want a number from 0 to 1 (line 1)`},
		{"policy: {name: staged, options: {intra_pid: 0.95}}", `policy.options.intra_pid: "0.95": want at most intra_isp (line 1)`},
		{"alto: {sources: [{directory: 'http://x/d'}]}", "alto.sources[0].name: missing; want a name"},
		{"alto: {sources: [{name: a, directory: 'ftp://me:secret@x/d'}]}", `alto.sources[0].directory: "ftp://...@x/d": want the http or https URL of an ALTO directory (line 1)`},
		{"alto: {sources: [{name: a, directory: 'http://x/d', username: me, client_key: k}]}", `alto.sources[0].username: want password or password_file with it
alto.sources[0].client_key: want client_cert with it`},
		{"alto: {sources: [{name: a, directory: 'http://x/d', password: secret, password_file: f}]}", `alto.sources[0].password: want username with it
alto.sources[0].password: want either password or password_file, not both
alto.sources[0].password_file: want username with it`},
		{"alto: {sources: [{name: a, network_map: n, ca_file: c, client_cert: c}]}", `alto.sources[0].ca_file: want it with directory only
alto.sources[0].client_cert: want it with directory only
alto.sources[0].client_cert: want client_key with it`},
		{"alto: {sources: [{name: a, directory: 'http://x/d', property_map: p}]}", "alto.sources[0].property_map: want it with network_map only"},
		{"alto: {sources: [{name: a}]}", "alto.sources[0]: want either directory, or network_map and cost_map"},
		{"alto: {sources: [{name: a, directory: 'ftp://x', requesters: [10.0.0.1/8, 'x']}]}",
			`alto.sources[0].directory: "ftp://x": want the http or https URL of an ALTO directory (line 1)
alto.sources[0].requesters[0]: "10.0.0.1/8": want an address prefix such as 192.0.2.0/24 (line 1)
alto.sources[0].requesters[1]: "x": want an address prefix such as 192.0.2.0/24 (line 1)`},
		{"alto: {sources: [{name: a, directory: 'http://x'}, {name: a, directory: 'http://y'}]}",
			`alto.sources[1].name: "a": there is a source of that name already`},
		{"announce:\n  max_numwant: -3\n  peer_ids: yes\n  interval: 5",
			`announce.max_numwant: "-3": want a whole number from 1 to 2000 (line 2)
announce.peer_ids: "yes": want true or false (line 3)
announce.interval: "5": want a duration from 1s to 18h0m0s, such as 30m0s (line 4)`},
		{"announce: {interval: 10m, min_interval: 20m}", "announce.min_interval: 20m0s: want at most announce.interval, which is 10m0s"},
		{"alto: {sources: [{name: a, directory: 'http://x', updates: push, costs: [{mode: odd, weight: 0}]}]}",
			`alto.sources[0].updates: "push": want one of poll, sse, tips, auto (line 1)
alto.sources[0].costs[0].mode: "odd": want one of numerical, ordinal (line 1)
alto.sources[0].costs[0].weight: "0": want a number above 0 (line 1)
alto.sources[0].costs[0].metric: missing; want a cost metric such as routingcost`},
		{"policy: {options: {random: 0.1, random: 0.5}}", `policy.options.random: the key is there twice (line 1)`},
		{"http: {listen: 'foo bar:99'}", `http.listen: "foo bar:99": want an address to listen on, HOST:PORT or :PORT, or "" for none (line 1)`},
		{"announce: {interval: 10m, interval: 20m}", "announce.interval: the key is there twice (line 1)"},
		{"announce: {max_numwant: 10, default_numwant: 50}", "announce.default_numwant: 50: want at most announce.max_numwant, which is 10"},
		{"http: {listen: ''}\nudp: {listen: ''}", `http.listen: "": want an address here or in udp.listen: nothing could announce`},
		{"https: {listen: ':443'}", `https.cert: missing; https wants listen, cert and key
https.key: missing; https wants listen, cert and key`},
		{"https: {cert: c.pem, key: k.pem}", "https.listen: missing; https wants listen, cert and key"},
		{"https: {listen: 443, cert: '', port: 1}", `https.listen: "443": want an address to listen on, HOST:PORT or :PORT, or "" for none (line 1)
https.cert: want the path of a file (line 1)
https.port: no such key; want one of cert, key, listen (line 1)`},
		{"dht: {private: [abc]}", `dht.private[0]: "abc": want an info hash of 40 hexadecimal digits (line 1)`},
		{"a: b: c", "file: not YAML: mapping values are not allowed in this context"},
		{"http: {}\n---\nudp: {}", "file: want one YAML document, there are more"},
	} {
		_, err := Parse([]byte(c.text))
		if err == nil {
			t.Errorf("%s\naccepted", c.text)
		} else if got := err.Error(); got != c.want {
			t.Errorf("%s\ngot  %s\nwant %s", c.text, got, c.want)
		}
	}
}

func TestEveryMistakeHasItsLine(t *testing.T) {
	_, err := Parse([]byte("announce: {interval: x}\nhttp: {port: 1}\npolicy: {name: foo}\n"))
	ms, ok := err.(Mistakes)
	if !ok || len(ms) != 3 || len(strings.Split(err.Error(), "\n")) != 3 {
		t.Fatalf("got %v", err)
	}
	var keys []string
	for _, m := range ms {
		keys = append(keys, m.Key)
	}
	if want := []string{"announce.interval", "http.port", "policy.name"}; !slices.Equal(keys, want) {
		t.Errorf("keys %v, want %v", keys, want)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(full)
	f.Add("a: &x [*x]")
	f.Add("policy: {options: {? [a] : 1}}")
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := Parse([]byte(text)); err != nil && err.Error() == "" {
			t.Error("an error without words")
		}
	})
}

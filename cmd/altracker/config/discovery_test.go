package config

import (
	"reflect"
	"strings"
	"testing"
)

func TestDiscovery(t *testing.T) {
	got, err := Parse([]byte(`discovery: {enabled: true, resolvers: ["192.0.2.53", "[2001:db8::53]:5353", "2001:db8::1"], domain: example.net,
  max_servers: 8, lookups_per_second: 5, allow_private: true, allow_http: true}`))
	want := Discovery{
		Enabled: true, Resolvers: []string{"192.0.2.53:53", "[2001:db8::53]:5353", "[2001:db8::1]:53"}, Domain: "example.net",
		MaxServers: 8, LookupsPerSecond: 5, AllowPrivate: true, AllowHTTP: true,
	}
	if err != nil || !reflect.DeepEqual(got.Discovery, want) {
		t.Errorf("%+v, %v; want %+v", got.Discovery, err, want)
	}
	if d := Default().Discovery; d.Enabled || d.AllowHTTP || d.AllowPrivate {
		t.Errorf("by default: %+v", d)
	}
}

func TestMistakesOfDiscovery(t *testing.T) {
	for text, want := range map[string]string{
		"enabled: yes":               "discovery.enabled",
		"resolvers: [dns.example]":   "discovery.resolvers[0]",
		"resolvers: ['192.0.2.1:0']": "discovery.resolvers[0]",
		"resolvers: 192.0.2.1":       "discovery.resolvers",
		"domain: localhost":          "discovery.domain",
		"domain: 'a b.example'":      "discovery.domain",
		"domain: '-a.example'":       "discovery.domain",
		"domain: a..example":         "discovery.domain",
		"domain: ''":                 "discovery.domain",
		"max_servers: 0":             "discovery.max_servers",
		"lookups_per_second: 0":      "discovery.lookups_per_second",
		"allow_http: 1":              "discovery.allow_http",
		"allowed: true":              "discovery.allowed",
	} {
		_, err := Parse([]byte("discovery: {" + text + "}"))
		if err == nil || !strings.HasPrefix(err.Error(), want+":") {
			t.Errorf("%s: %v, want a mistake of %s", text, err, want)
		}
	}
}

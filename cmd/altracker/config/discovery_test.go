package config

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestDiscovery(t *testing.T) {
	got, err := Parse([]byte(`discovery: {enabled: true, resolvers: ["192.0.2.53", "[2001:db8::53]:5353", "2001:db8::1"], domain: example.net,
  max_age: 12h, max_servers: 8, lookups_per_second: 5, allow_private: true, allow_http: true}`))
	want := Discovery{
		Enabled: true, Resolvers: []string{"192.0.2.53:53", "[2001:db8::53]:5353", "[2001:db8::1]:53"}, Domain: "example.net",
		MaxAge: 12 * time.Hour, MaxServers: 8, LookupsPerSecond: 5, AllowPrivate: true, AllowHTTP: true,
	}
	if err != nil || !reflect.DeepEqual(got.Discovery, want) {
		t.Errorf("%+v, %v; want %+v", got.Discovery, err, want)
	}
	if d := Default().Discovery; d.Enabled || d.AllowHTTP || d.AllowPrivate || d.LearnDomain || d.DHCP != nil {
		t.Errorf("by default: %+v", d)
	}
	got, err = Parse([]byte("discovery: {enabled: true, domain: auto, dhcp: [eth0, wan.7]}"))
	if d := got.Discovery; err != nil || d.Domain != "" || !d.LearnDomain || !reflect.DeepEqual(d.DHCP, []string{"eth0", "wan.7"}) {
		t.Errorf("%+v, %v", d, err)
	}
}

func TestMistakesOfDiscovery(t *testing.T) {
	for text, want := range map[string]string{
		"enabled: yes":                "discovery.enabled",
		"resolvers: [dns.example]":    "discovery.resolvers[0]",
		"resolvers: ['192.0.2.1:0']":  "discovery.resolvers[0]",
		"resolvers: 192.0.2.1":        "discovery.resolvers",
		"dhcp: [eth0]":                "discovery.dhcp",
		"domain: auto, dhcp: [eth/0]": "discovery.dhcp[0]",
		"domain: auto, dhcp: eth0":    "discovery.dhcp",
		"max_age: 0s":                 "discovery.max_age",
		"domain: automatic":           "discovery.domain",
		"domain: localhost":           "discovery.domain",
		"domain: 'a b.example'":       "discovery.domain",
		"domain: '-a.example'":        "discovery.domain",
		"domain: a..example":          "discovery.domain",
		"domain: ''":                  "discovery.domain",
		"max_servers: 0":              "discovery.max_servers",
		"lookups_per_second: 0":       "discovery.lookups_per_second",
		"allow_http: 1":               "discovery.allow_http",
		"allowed: true":               "discovery.allowed",
	} {
		_, err := Parse([]byte("discovery: {" + text + "}"))
		if err == nil || !strings.HasPrefix(err.Error(), want+":") {
			t.Errorf("%s: %v, want a mistake of %s", text, err, want)
		}
	}
}

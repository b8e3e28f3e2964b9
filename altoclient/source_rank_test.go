package altoclient

import (
	"net/netip"
	"testing"
)

func TestARankComesBeforeClaims(t *testing.T) {
	wide := newSnapshot(t, `{"in":{"ipv4":["10.0.0.0/8"]},"out":{"ipv4":["0.0.0.0/0"]}}`, "", SnapshotConfig{})
	other := newSnapshot(t, `{"IN":{"ipv4":["10.0.0.0/8","11.0.0.0/8"]}}`, "", SnapshotConfig{})
	claims := prefixes("10.1.0.0/16", "11.1.0.0/16")
	source := func(name string, rank int, view View, requesters []netip.Prefix) *Source {
		s := NewStaticSource(name, view, requesters)
		s.config.Rank = rank
		return s
	}
	for _, tt := range []struct {
		name    string
		sources []*Source
		want    map[string]string
	}{
		{
			"one rank: who claims an address has it",
			[]*Source{source("wide", 0, wide, nil), source("other", 0, other, claims)},
			map[string]string{"10.1.0.1": "other", "10.2.0.1": "wide", "11.1.0.1": "other", "11.2.0.1": ""},
		},
		{
			"a higher rank has what the lower one leaves",
			[]*Source{source("other", 1, other, claims), source("wide", 0, wide, nil)},
			map[string]string{"10.1.0.1": "wide", "10.2.0.1": "wide", "11.1.0.1": "other", "11.2.0.1": ""},
		},
		{
			"a lower rank comes first wherever it stands",
			[]*Source{source("wide", 0, wide, nil), source("other", -1, other, nil)},
			map[string]string{"10.1.0.1": "other", "10.2.0.1": "other", "11.1.0.1": "other"},
		},
		{
			"and so do its claims",
			[]*Source{source("wide", 0, wide, prefixes("10.1.0.0/16")), source("other", -1, other, claims)},
			map[string]string{"10.1.0.1": "other", "10.2.0.1": ""},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g, err := NewGuide(nil, tt.sources...)
			if err != nil {
				t.Fatal(err)
			}
			for addr, want := range tt.want {
				atlas := g.Current()
				pid := atlas.PID(netip.MustParseAddr(addr))
				if got := atlas.Source(pid); got != want {
					t.Errorf("%s is guided by %q, want %q", addr, got, want)
				}
				if named, _ := atlas.Name(pid); named != atlas.Source(pid) {
					t.Errorf("%s: Name says %q, Source %q", addr, named, atlas.Source(pid))
				}
			}
		})
	}
}

func TestRequestersMayChange(t *testing.T) {
	view := newSnapshot(t, `{"in":{"ipv4":["10.0.0.0/8"]}}`, "", SnapshotConfig{})
	s := NewStaticSource("isp", view, prefixes("10.1.0.0/16"))
	g, err := NewGuide(nil, s)
	if err != nil {
		t.Fatal(err)
	}
	guided := func(addr string) bool {
		atlas := g.Current()
		return atlas.Source(atlas.PID(netip.MustParseAddr(addr))) != ""
	}
	if !guided("10.1.0.1") || guided("10.2.0.1") {
		t.Fatal("the claim does not hold")
	}
	epoch := g.Current().Epoch()
	s.SetRequesters(prefixes("10.2.0.0/16"))
	g.rebuild()
	if guided("10.1.0.1") || !guided("10.2.0.1") {
		t.Error("the new claim does not hold")
	}
	if g.Current().Epoch() == epoch {
		t.Error("numbers have another meaning under the same epoch")
	}
	if n := testing.AllocsPerRun(100, func() { g.Current().Source(1) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

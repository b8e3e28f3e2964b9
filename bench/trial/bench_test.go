package trial_test

import (
	"net/netip"
	"testing"

	"github.com/altracker/altracker/altoclient"
	"github.com/altracker/altracker/altoclient/asnmap"
	"github.com/altracker/altracker/selector"
)

// BenchmarkList makes lists for a requester: on maps of 12 and of 1,182 PIDs, and on the
// one in the program, alone and joined with another.
func BenchmarkList(b *testing.B) {
	embedded, err := asnmap.Embedded()
	if err != nil {
		b.Fatal(err)
	}
	alone := altoclient.Member{Name: "embedded", View: embedded, Numbering: 1}
	other := altoclient.Member{Name: "other", View: load(b, "chinatelecom").snapshot, Numbering: 2}
	anywhere := netip.MustParseAddr("8.8.8.8")
	rows, err := altoclient.NewRowCache(0)
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	for _, m := range []struct {
		name  string
		atlas *altoclient.Atlas
		home  netip.Addr
	}{
		{"12", load(b, "chinatelecom").atlas, netip.MustParseAddr("127.1.0.1")},
		{"1182", load(b, "comcast-fine").atlas, netip.MustParseAddr("127.1.0.1")},
		{"embedded", altoclient.NewAtlas(nil, []altoclient.Member{alone}, rows), anywhere},
		{"joined", altoclient.NewAtlas(nil, []altoclient.Member{other, alone}, rows), anywhere},
	} {
		for _, name := range []string{"staged", "xunlei-native", "xunlei-alto", "xunlei-fixed"} {
			p, err := selector.New(name, nil)
			if err != nil {
				b.Fatal(err)
			}
			b.Run(m.name+"/"+name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					v, ok := selector.Look(m.atlas, selector.Requester{PID: m.atlas.PID(m.home)})
					if !ok {
						b.Fatal("nobody guides the requester")
					}
					p.List(v)
				}
			})
		}
	}
}

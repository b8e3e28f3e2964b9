package asnmap

import (
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/altracker/altracker/altoclient"
)

var _ altoclient.Labelled = (*Map)(nil)

// twinLabel is what a property says of a PID, said without runs.
func twinLabel(m *Map, a atlas, property string, pid uint32) string {
	p := m.places[pid-1]
	switch {
	case property == PropertyISP && p.asn != 0:
		return "as" + strconv.Itoa(int(p.asn))
	case property == PropertyCountry && p.country != 0:
		return p.country.String()
	case property == PropertyRegion && a[p.country] != 0:
		return country(a[p.country]).String()
	}
	return ""
}

func checkLabels(t *testing.T, m *Map, most map[string]int) {
	t.Helper()
	a := continents()
	for _, property := range []string{PropertyISP, PropertyCountry, PropertyRegion} {
		ends, texts := m.Labels(property)
		if len(ends) != len(texts) || len(ends) > most[property] {
			t.Fatalf("%s: %d ends, %d texts, want at most %d", property, len(ends), len(texts), most[property])
		}
		if !slices.IsSorted(ends) || ends[0] != 1 && texts[0] != "" || ends[len(ends)-1] != uint32(m.PIDs())+1 {
			t.Errorf("%s: runs from %d to %d of %d PIDs", property, ends[0], ends[len(ends)-1], m.PIDs())
		}
		pid := uint32(1)
		for i, end := range ends {
			if i > 0 && texts[i] == texts[i-1] {
				t.Errorf("%s: run %d goes on as %q", property, i, texts[i])
			}
			for ; pid < end; pid++ {
				if want := twinLabel(m, a, property, pid); texts[i] != want {
					t.Fatalf("%s of %s is %q, want %q", property, m.Name(pid), texts[i], want)
				}
			}
		}
	}
}

func TestLabelsSayWhatTheTablesSay(t *testing.T) {
	m := mapOf(t, "asn,country\n64504,DE\n64503,FR\n64502,JP\n64501,JP\n64505,QQ\n64506,\n",
		"10.0.0.0,10.0.0.255,64506\n10.0.1.0,10.0.1.255,64505\n10.0.2.0,10.0.2.255,64504\n10.0.3.0,10.0.3.255,64503\n"+
			"10.0.4.0,10.0.4.255,64502\n10.0.5.0,10.0.5.255,64501\n10.0.6.0,10.0.6.255,64499\n",
		"10.0.8.0,10.0.8.255,JP\n")
	checkLabels(t, m, map[string]int{PropertyISP: 10, PropertyCountry: 6, PropertyRegion: 4})
	checkLabels(t, sample(t), map[string]int{PropertyISP: sample(t).PIDs() + 1, PropertyCountry: 300, PropertyRegion: 9})
	if ends, texts := m.Labels("city"); ends != nil || texts != nil {
		t.Error("the map knows cities")
	}
}

// TestLabelsOfTheEmbeddedMap: they are as few as can be, made once, by whoever comes first.
func TestLabelsOfTheEmbeddedMap(t *testing.T) {
	m, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	var asking sync.WaitGroup
	for range 4 {
		asking.Go(func() { m.Labels(PropertyISP); m.Labels(PropertyCountry); m.Labels(PropertyRegion) })
	}
	asking.Wait()
	checkLabels(t, m, map[string]int{PropertyISP: m.PIDs() + 1, PropertyCountry: 255, PropertyRegion: 9})
	for _, property := range []string{PropertyISP, PropertyCountry, PropertyRegion} {
		if n := testing.AllocsPerRun(10, func() { m.Labels(property) }); n != 0 {
			t.Errorf("%s: %v allocations once they are made", property, n)
		}
	}
}

func BenchmarkLabels(b *testing.B) {
	m, err := Embedded()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		m.isps = keptLabels{}
		m.Labels(PropertyISP)
	}
}

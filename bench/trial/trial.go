package trial

import (
	"embed"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// Trial is a map and its peers.
type Trial struct {
	Name  string
	About string
	PIDs  []PID // in the order of the map

	// Internal is the configuration of the map's source: patterns of its own PIDs;
	// nil means all but the default one.
	Internal []string

	// Guided is whom the source guides; none means all but those in its default PID.
	Guided []netip.Prefix

	regions []byte // as package mapbuild reads them
}

//go:embed */regions.yaml */pids.csv chinatelecom/popularity.csv
var files embed.FS

// entry is a trial in the catalogue.
type entry struct {
	name, about string
	internal    []string
	everybody   bool                          // is guided, also outside the ISP
	source      func() (regions, pids []byte) // nil: files of that name
}

// catalogue returns all trials. China Telecom's peers outside the province are guided,
// too, since the tracker put peers of the province last for them; nobody guided
// those outside Comcast.
func catalogue() []entry {
	return []entry{
		{name: "chinatelecom", about: "China Telecom: 11 MANs of a province, and the rest", everybody: true},
		{name: "chinatelecom-2", about: "China Telecom, earlier: the province, and the rest", everybody: true},
		{name: "chinatelecom-normal", about: "China Telecom, the other arm: one PID", everybody: true},
		{name: "chinatelecom-places", about: "China Telecom with places outside the province", everybody: true, internal: []string{"man-*"}},
		{name: "comcast-coarse", about: "Comcast, coarse: 22 PIDs"},
		{name: "comcast-fine", about: "Comcast, fine: 1,182 PIDs", source: comcastFine},
	}
}

// Names returns the names of all trials.
func Names() (names []string) {
	for _, e := range catalogue() {
		names = append(names, e.name)
	}
	return names
}

// Load returns a trial.
func Load(name string) (Trial, error) {
	all := catalogue()
	i := slices.IndexFunc(all, func(e entry) bool { return e.name == name })
	if i < 0 {
		return Trial{}, fmt.Errorf("trial %q: want one of %s", name, strings.Join(Names(), ", "))
	}
	e := all[i]
	regions, pids, err := e.read()
	if err != nil {
		return Trial{}, err
	}
	t := Trial{Name: e.name, About: e.about, Internal: e.internal, regions: regions}
	if e.everybody {
		t.Guided = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("198.18.0.0/15")}
	}
	if t.PIDs, err = parsePIDs(pids); err != nil {
		return Trial{}, fmt.Errorf("trial %s: pids.csv: %w", name, err)
	}
	return t, nil
}

func (e entry) read() (regions, pids []byte, err error) {
	if e.source != nil {
		regions, pids = e.source()
		return regions, pids, nil
	}
	if regions, err = files.ReadFile(e.name + "/regions.yaml"); err == nil {
		pids, err = files.ReadFile(e.name + "/pids.csv")
	}
	return regions, pids, err
}

package trial

import (
	"bytes"
	"fmt"

	"github.com/altracker/altracker/altoclient"
)

// Snapshot compiles the map, with its properties.
func (t Trial) Snapshot() (*altoclient.Snapshot, error) {
	docs, err := t.Documents()
	if err != nil {
		return nil, err
	}
	s, err := docs.snapshot(altoclient.SnapshotConfig{Internal: t.Internal})
	if err != nil {
		return nil, fmt.Errorf("trial %s: %w", t.Name, err)
	}
	return s, nil
}

func (d Documents) snapshot(config altoclient.SnapshotConfig) (*altoclient.Snapshot, error) {
	network, err := altoclient.ParseNetworkMap(bytes.NewReader(d.NetworkMap), altoclient.Limits{})
	if err != nil {
		return nil, err
	}
	costs, err := altoclient.ParseCostMap(bytes.NewReader(d.CostMap), network, altoclient.Limits{})
	if err != nil {
		return nil, err
	}
	s, err := altoclient.NewSnapshot(network, costs, config)
	if err != nil || d.PropertyMap == nil {
		return s, err
	}
	properties, err := altoclient.ParsePropertyMap(bytes.NewReader(d.PropertyMap), altoclient.Limits{})
	if err != nil {
		return nil, err
	}
	return s.WithProperties(properties)
}

// Atlas returns the map as the tracker has it: what one source says, s, of those whom the
// trial's guided. Its PIDs have numbers of their own.
func (t Trial) Atlas(s *altoclient.Snapshot) *altoclient.Atlas {
	return altoclient.NewAtlas(nil, []altoclient.Member{{Name: t.Name, View: s, Requesters: t.Guided, Numbering: 1}}, nil)
}

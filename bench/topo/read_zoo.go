package topo

import "fmt"

// zooElement is a node or edge with the attributes that the Internet Topology Zoo gives it;
// place tells where it stands.
type zooElement struct {
	place  string
	values map[string]string
}

func (b *graphBuilder) addZoo(nodes, edges []zooElement) error {
	for _, e := range nodes {
		if err := b.addZooNode(e.values); err != nil {
			return fmt.Errorf("%s: %w", e.place, err)
		}
	}
	for _, e := range edges {
		if err := b.addZooEdge(e.values); err != nil {
			return fmt.Errorf("%s: %w", e.place, err)
		}
	}
	return nil
}

func (b *graphBuilder) addZooNode(values map[string]string) error {
	lat, err := degrees("Latitude", values["Latitude"], 90)
	if err != nil {
		return err
	}
	lon, err := degrees("Longitude", values["Longitude"], 180)
	if err != nil {
		return err
	}
	return b.add(values["id"], Node{Name: values["label"], Country: values["Country"], Lat: lat, Lon: lon})
}

func (b *graphBuilder) addZooEdge(values map[string]string) error {
	speed, err := amount("LinkSpeedRaw", values["LinkSpeedRaw"])
	if err != nil {
		return err
	}
	x, y, err := b.ends(values["source"], values["target"])
	if err != nil {
		return err
	}
	return b.join(Link{A: x, B: y, Capacity: capacityOf(speed, 1.0/8)})
}

package topo

import (
	"encoding/xml"
	"fmt"
	"io"
)

// ReadSNDlibXML reads a network of SNDlib in XML: nodes with their places, where these are
// degrees; links with capacities and costs; demands, from source to target only.
// Capacities and demands are in the unit that it tells, or else in Mbit/s.
// What a capacity and a weight is taken from, [ReadSNDlibNative] tells too: the preinstalled
// capacity, or else one of the largest module, or else +Inf; the routing cost, or else the
// setup cost. Links there and back are the two directions of one; parallel ones are added
// up, and those from a node to itself dropped.
func ReadSNDlibXML(r io.Reader, name string) (*Graph, error) {
	var doc sndlibXML
	if err := decodeXML(r, &doc); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	b := newGraphBuilder(name)
	b.directed = true
	if err := doc.addTo(b); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return b.build()
}

type sndlibXML struct {
	XMLName xml.Name `xml:"network"`
	Unit    string   `xml:"meta>unit"`
	Nodes   struct {
		Kind string `xml:"coordinatesType,attr"` // geographical, pixel
		List []struct {
			ID string `xml:"id,attr"`
			X  string `xml:"coordinates>x"`
			Y  string `xml:"coordinates>y"`
		} `xml:"node"`
	} `xml:"networkStructure>nodes"`
	Links []struct {
		ID           string   `xml:"id,attr"`
		Source       string   `xml:"source"`
		Target       string   `xml:"target"`
		Preinstalled string   `xml:"preInstalledModule>capacity"`
		RoutingCost  string   `xml:"routingCost"`
		SetupCost    string   `xml:"setupCost"`
		Modules      []string `xml:"additionalModules>addModule>capacity"`
	} `xml:"networkStructure>links>link"`
	Demands []struct {
		ID          string `xml:"id,attr"`
		Source      string `xml:"source"`
		Target      string `xml:"target"`
		RoutingUnit string `xml:"routingUnit"`
		Value       string `xml:"demandValue"`
	} `xml:"demands>demand"`
}

func (doc *sndlibXML) addTo(b *graphBuilder) error {
	unit, err := sndlibUnit(doc.Unit)
	if err != nil {
		return err
	}
	for _, n := range doc.Nodes.List {
		if err := b.addSNDlibNode(n.ID, n.X, n.Y); err != nil {
			return fmt.Errorf("node %.80q: %w", n.ID, err)
		}
	}
	if doc.Nodes.Kind == "pixel" {
		b.forgetPlaces()
	}
	b.forgetDrawing()
	for _, l := range doc.Links {
		link := sndlibLink{l.Source, l.Target, l.Preinstalled, l.Modules, l.RoutingCost, l.SetupCost}
		if err := b.addSNDlibLink(link, unit); err != nil {
			return fmt.Errorf("link %.80q: %w", l.ID, err)
		}
	}
	for _, d := range doc.Demands {
		if err := b.addSNDlibDemand(d.Source, d.Target, d.RoutingUnit, d.Value, unit); err != nil {
			return fmt.Errorf("demand %.80q: %w", d.ID, err)
		}
	}
	return nil
}

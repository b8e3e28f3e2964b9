package trial

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/altracker/altracker/altoclient"
	"github.com/altracker/altracker/altoclient/mapbuild"
)

// Documents are the documents of a trial's map, as an ALTO server has them.
type Documents struct {
	NetworkMap, CostMap []byte // RFC 7285 sections 11.2.1 and 11.2.3
	PropertyMap         []byte // RFC 9240: .isp, .province and .city of PIDs; nil if nothing is told
}

// Documents makes the documents. They are the same each time.
func (t Trial) Documents() (d Documents, err error) {
	regions, err := mapbuild.ParseRegions(t.regions)
	if err != nil {
		return d, fmt.Errorf("trial %s: regions.yaml: %w", t.Name, err)
	}
	if d.NetworkMap, d.CostMap, err = regions.Documents(); err != nil {
		return d, fmt.Errorf("trial %s: regions.yaml: %w", t.Name, err)
	}
	network, err := altoclient.ParseNetworkMap(bytes.NewReader(d.NetworkMap), altoclient.Limits{})
	if err != nil {
		return d, fmt.Errorf("trial %s: %w", t.Name, err)
	}
	d.PropertyMap = t.propertyMap(network.VersionTag())
	return d, nil
}

// propertyMap returns the property map of the PIDs of a network map, one on a line.
func (t Trial) propertyMap(network altoclient.VersionTag) []byte {
	var entities []byte
	for _, pid := range t.PIDs {
		properties := pid.properties()
		if properties == nil {
			continue
		}
		if entities != nil {
			entities = append(entities, ',')
		}
		entities = fmt.Appendf(entities, "\n%q:%s", network.ResourceID+".pid:"+pid.Name, properties)
	}
	if entities == nil {
		return nil
	}
	return fmt.Appendf(nil, "{\"meta\":{\"dependent-vtags\":[{\"resource-id\":%q,\"tag\":%q}]},\n\"property-map\":{%s}}\n",
		network.ResourceID, network.Tag, entities)
}

// properties returns what is told of a PID as a JSON object; nil if nothing is.
func (p PID) properties() []byte {
	told := struct {
		ISP      string `json:".isp,omitempty"`
		Province string `json:".province,omitempty"`
		City     string `json:".city,omitempty"`
	}{p.ISP, p.Province, p.City}
	text, err := json.Marshal(told)
	if err != nil || len(text) <= len("{}") { // strings cannot fail
		return nil
	}
	return text
}

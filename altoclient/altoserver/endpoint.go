package altoserver

import (
	"net/http"
	"net/netip"
	"slices"

	"github.com/altracker/altracker/altoclient"
)

// endpointPropertyParams is RFC 7285 section 11.4.1.3.
type endpointPropertyParams struct {
	Properties *[]string `json:"properties"`
	Endpoints  *[]string `json:"endpoints"`
}

func (s *Server) endpointProperties(w http.ResponseWriter, r *http.Request) {
	body, ok := s.body(w, r, altoclient.MediaTypeEndpointPropertiesParams)
	if !ok {
		return
	}
	var params endpointPropertyParams
	fault := decode(body, &params)
	if fault == nil {
		fault = params.check()
	}
	if fault != nil {
		refuse(w, *fault)
		return
	}
	addrs, fault := endpoints("endpoints", *params.Endpoints)
	if fault != nil {
		refuse(w, *fault)
		return
	}
	answer, fault := s.latest().endpointProperties(*params.Properties, addrs)
	if fault != nil {
		refuse(w, *fault)
		return
	}
	sendZipped(w, r, altoclient.MediaTypeEndpointProperties, answer.AppendJSON(nil))
}

func (p endpointPropertyParams) check() *altoclient.ErrorDocument {
	switch {
	case p.Properties == nil:
		return missing("properties")
	case len(*p.Properties) == 0:
		return invalid("properties", "[]")
	case p.Endpoints == nil:
		return missing("endpoints")
	case len(*p.Endpoints) == 0:
		return invalid("endpoints", "[]")
	}
	return nil
}

// endpointProperties knows one property for each network map: the PID of an
// address.
func (c *Content) endpointProperties(names []string, addrs []netip.Addr) (*altoclient.EndpointProperties, *altoclient.ErrorDocument) {
	var sets []*mapSet
	var tags []altoclient.VersionTag
	for _, name := range names {
		i := slices.IndexFunc(c.sets, func(set *mapSet) bool { return set.pidProperty() == name })
		if i < 0 {
			return nil, invalid("properties", name)
		}
		if set := c.sets[i]; !slices.Contains(sets, set) {
			sets = append(sets, set)
			tags = append(tags, set.network.VersionTag())
		}
	}
	answer := altoclient.NewEndpointProperties(tags...)
	for _, addr := range addrs {
		answer.Add(addr)
		for _, set := range sets {
			if pid := set.network.PID(addr); pid != 0 {
				answer.Set(addr, set.pidProperty(), set.network.Name(pid))
			}
		}
	}
	return answer, nil
}

func (s *mapSet) pidProperty() string {
	return altoclient.PIDProperty(s.network.VersionTag().ResourceID)
}

// endpoints reads typed addresses, each once.
func endpoints(field string, texts []string) ([]netip.Addr, *altoclient.ErrorDocument) {
	addrs := make([]netip.Addr, 0, len(texts))
	seen := make(map[netip.Addr]bool, len(texts))
	for _, text := range texts {
		addr, err := altoclient.ParseEndpoint(text)
		if err != nil {
			return nil, invalid(field, text)
		}
		if !seen[addr] {
			seen[addr] = true
			addrs = append(addrs, addr)
		}
	}
	return addrs, nil
}

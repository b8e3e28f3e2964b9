package altoclient

import (
	"slices"
	"strings"
)

// updateOffer is what a directory has for a network map and the costs between its
// PIDs.
type updateOffer struct {
	network   Resource
	costs     []costQuestion
	sse, tips Resource // zero if not offered
}

// updates returns what the directory offers for a network map and its costs. A
// service that has updates for some of them only is none: the others would have
// to be asked for at each change.
func (d *Directory) updates(network Resource, costs []costQuestion) updateOffer {
	offer := updateOffer{network: network, costs: costs}
	ids := []string{network.ID}
	for _, q := range costs {
		ids = append(ids, q.at.ID)
	}
	for _, r := range d.Resources {
		if slices.ContainsFunc(ids, func(id string) bool { return !slices.Contains(r.Uses, id) }) {
			continue
		}
		switch {
		case offer.sse.ID == "" && isMediaType(r.MediaType, MediaTypeEventStream) && isMediaType(r.Accepts, MediaTypeUpdateStreamParams):
			offer.sse = r
		case offer.tips.ID == "" && isMediaType(r.MediaType, MediaTypeTIPS) && isMediaType(r.Accepts, MediaTypeTIPSParams) &&
			!slices.ContainsFunc(ids, func(id string) bool { return !r.patchable(id) }):
			offer.tips = r
		}
	}
	return offer
}

// way returns how updates are followed if mode is wanted, UpdatesPoll if there is
// no other way.
func (o updateOffer) way(mode UpdateMode) UpdateMode {
	auto := mode == UpdatesAuto || mode == ""
	switch {
	case o.sse.ID != "" && (auto || mode == UpdatesSSE):
		return UpdatesSSE
	case o.tips.ID != "" && (auto || mode == UpdatesTIPS):
		return UpdatesTIPS
	}
	return UpdatesPoll
}

// patchable tells whether we know all the incremental changes that there may be
// of a resource. Who does not must ask for none (RFC 8895 section 6.5), and must
// not use TIPS (RFC 9569 section 6.1).
func (r Resource) patchable(id string) bool {
	return !slices.ContainsFunc(r.IncrementalChanges[id], func(mediaType string) bool {
		return mediaType != MediaTypeMergePatch && mediaType != MediaTypeJSONPatch
	})
}

// incrementalChanges reads the capability of RFC 8895 section 6.3.
func (p *directoryParser) incrementalChanges() (map[string][]string, error) {
	changes := make(map[string][]string)
	err := p.object(func(name []byte) error {
		id := string(name)
		list, err := p.str()
		for mediaType := range strings.SplitSeq(list, ",") {
			if mediaType = strings.ToLower(strings.TrimSpace(mediaType)); mediaType != "" {
				changes[id] = append(changes[id], mediaType)
			}
		}
		return err
	})
	return changes, err
}

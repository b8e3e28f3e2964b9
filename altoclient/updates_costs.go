package altoclient

import (
	"errors"
	"fmt"
	"io"
	"slices"
)

// costReplica is one document of costs of a [replica].
type costReplica struct {
	question costQuestion
	document *MultiCostMap
	numbered *NetworkMap // the one that document was parsed with
}

// update applies a full replacement or a change. Network is the map in force, or
// that which is to be once its costs have come.
func (c *costReplica) update(mediaType string, data io.Reader, network *NetworkMap, limits Limits) error {
	m, err := c.changed(mediaType, data, network, limits)
	if err != nil {
		return err
	}
	if have, want := m.types(), c.document.types(); !slices.Equal(have, want) {
		return fmt.Errorf("it is of %v, want %v", have, want)
	}
	if !m.same(c.document) { // an update need not be a change
		c.document = m
	}
	return nil
}

func (c *costReplica) changed(mediaType string, data io.Reader, network *NetworkMap, limits Limits) (*MultiCostMap, error) {
	switch {
	case isMediaType(mediaType, MediaTypeCostMap):
		m, err := c.question.parse(data, network, limits)
		if err == nil && m.dropped > 0 && m.network != network.vtag {
			return nil, errEarly
		}
		c.numbered = network
		return m, err
	case isMediaType(mediaType, MediaTypeMergePatch):
		edit := editCosts(c.document, c.question.costTypes(), limits)
		if err := edit.merge(data); err != nil {
			return nil, err
		}
		return edit.finish()
	case isMediaType(mediaType, MediaTypeJSONPatch):
		edit := editCosts(c.document, c.question.costTypes(), limits)
		if err := jsonPatch(data, edit, limits); err != nil {
			return nil, err
		}
		return edit.finish()
	}
	return nil, errUpdateType(mediaType)
}

var errLost = errors.New("costs of PIDs that the network map did not have then are lost")

// renumber gives the costs the numbers of the network map, if nothing is lost by
// it: what a patch says of PIDs that the network map does not have may matter to
// the next one.
func (c *costReplica) renumber(network *NetworkMap) error {
	m := c.document
	if m.dropped > 0 && !slices.Equal(c.numbered.names, network.names) {
		return errLost
	}
	if next := m.renumbered(network); next.dropped == m.dropped {
		c.document, c.numbered = next, network
	}
	return nil
}

package altoclient

import (
	"net/netip"
	"slices"
)

// SetRequesters changes whom the source guides, as SourceConfig.Requesters says,
// from the next Atlas on. It may be called at any time once the source is
// somebody's, a [Guide]'s for instance.
func (s *Source) SetRequesters(requesters []netip.Prefix) {
	s.mu.Lock()
	s.config.Requesters = slices.Clone(requesters)
	s.opinion.version++
	s.status.Warnings = s.config.warnings(s.opinion.view)
	s.mu.Unlock()
	s.changed()
}

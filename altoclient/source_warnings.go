package altoclient

import (
	"fmt"
	"net/netip"
	"path"
)

// warnings says what in the configuration view makes no sense of. None of it is
// wrong for certain: maps change.
func (c SourceConfig) warnings(view View) []string {
	if view == nil {
		return nil
	}
	var list []string
	for _, pattern := range c.Internal {
		if !anyPID(view, pattern) {
			list = append(list, fmt.Sprintf("internal: no PID is called %q", pattern))
		}
	}
	for _, prefix := range c.Requesters {
		if !overlaps(view, prefix) {
			list = append(list, fmt.Sprintf("requesters: %v is in no PID", prefix))
		}
	}
	if len(c.Requesters) == 0 && !guidesByDefault(view) {
		list = append(list, "guides nobody: no prefix is in another than the default PID")
	}
	return list
}

func anyPID(view View, pattern string) bool {
	for pid := uint32(1); int(pid) <= view.PIDs(); pid++ {
		if ok, _ := path.Match(pattern, view.Name(pid)); ok { // the pattern was checked before
			return true
		}
	}
	return false
}

func overlaps(view View, with netip.Prefix) bool {
	if s, ok := view.(*Snapshot); ok {
		return s.network.table.OverlapsPrefix(with.Masked())
	}
	for prefix := range view.Prefixes() {
		if prefix.Overlaps(with) {
			return true
		}
	}
	return false
}

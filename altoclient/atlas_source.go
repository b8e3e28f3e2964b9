package altoclient

// Source returns the name of the source that guides the requesters of pid, empty if
// none does. It allocates nothing.
func (a *Atlas) Source(pid uint32) string {
	if guide, _ := a.guide(pid); guide != nil {
		return guide.Name
	}
	return ""
}

package altoclient

import "context"

// Maps fetches the network map and the cost map that a directory leads to, once;
// to keep them, use a [Source]. A network map whose cost map fails is an error.
func (c *Client) Maps(ctx context.Context, directory string) (*Snapshot, error) {
	f, err := (&remote{client: c, directory: directory}).fetch(ctx, false)
	if err != nil {
		return nil, err
	}
	return f.snapshot, nil
}

// Cost returns the cost from one PID to another, NaN if none is stated.
func (s *Snapshot) Cost(from, to uint32) float32 { return s.cost(to, from, true) }

package altoclient

import (
	"context"
	"fmt"
	"io"
	"net/url"
)

// closure follows the directories nested in a directory (RFC 7285 section
// 9.2.4), breadth first.
type closure struct {
	client  *Client
	visited map[string]bool // uris asked for and uris that answered
	root    *Directory
	ids     map[string]bool
	fresh   freshness // of the directory that goes stale first
}

func (c *closure) fetch(ctx context.Context, uri string) (*Directory, error) {
	c.visited = make(map[string]bool)
	c.ids = make(map[string]bool)
	queue := []string{uri}
	for n := 0; len(queue) > 0; n++ {
		next := queue[0]
		queue = queue[1:]
		if c.visited[next] {
			continue
		}
		if n >= c.client.config.Limits.Directories {
			c.problem(tooMany("directories", c.client.config.Limits.Directories))
			break
		}
		dir, err := c.one(ctx, next)
		switch {
		case err != nil && (c.root == nil || ctx.Err() != nil):
			return nil, fmt.Errorf("directory: %w", err)
		case err != nil:
			c.problem(fmt.Errorf("nested directory: %w", err))
		case dir != nil:
			queue = append(queue, c.merge(dir)...)
		}
	}
	return c.root, nil
}

// one fetches one directory. It returns nil if a redirect led to one that is
// already there.
func (c *closure) one(ctx context.Context, uri string) (*Directory, error) {
	c.visited[uri] = true
	var dir *Directory
	reply, err := c.client.get(ctx, request{uri: uri, mediaType: MediaTypeDirectory}, func(body io.Reader, base *url.URL) (err error) {
		final := base.String()
		if final != uri && c.visited[final] {
			return nil
		}
		c.visited[final] = true
		dir, err = ParseDirectory(body, base, c.client.config.Limits)
		return err
	})
	if err == nil && dir != nil {
		c.fresh = c.fresh.earlier(reply.fresh)
	}
	return dir, err
}

// merge adds what dir has, and returns the directories nested in it.
func (c *closure) merge(dir *Directory) (nested []string) {
	resources := dir.Resources
	if c.root == nil {
		c.root = dir
		c.root.Resources = nil
	} else {
		// Only the root's default network map counts (RFC 7285 section 9.2.2).
		c.root.Problems = append(c.root.Problems, dir.Problems...)
	}
	for _, r := range resources {
		switch {
		case c.ids[r.ID]:
			c.problem(fmt.Errorf("%s: resource %s: the id is used twice", dir.URL, r.ID))
			continue
		case len(c.root.Resources) >= c.client.config.Limits.Resources:
			c.problem(tooMany("resources", c.client.config.Limits.Resources))
			return nested
		}
		c.ids[r.ID] = true
		c.root.Resources = append(c.root.Resources, r)
		if r.Accepts == "" && isMediaType(r.MediaType, MediaTypeDirectory) {
			nested = append(nested, r.URI)
		}
	}
	return nested
}

func (c *closure) problem(err error) { c.root.Problems = append(c.root.Problems, err) }

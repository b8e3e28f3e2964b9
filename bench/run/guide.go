package run

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/altracker/altracker/altoclient"
	"github.com/altracker/altracker/altoclient/altoserver"
	"github.com/altracker/altracker/bench/scenario"
	"github.com/altracker/altracker/selector"
)

// guided is the map of a world as altracker's own client has it, fetched over HTTP from
// an altoserver for each ISP.
type guided struct {
	rows    *altoclient.RowCache
	clients []*altoclient.Client
	atlas   *altoclient.Atlas
}

// fetchTimeout bounds how long all maps of a world may take.
const fetchTimeout = 2 * time.Minute

// fetch has the servers of a world serve and one guide ask them all. Close it when the
// map is no longer used.
func fetch(ctx context.Context, servers []scenario.Server) (*guided, error) {
	if len(servers) == 0 {
		return &guided{}, nil
	}
	g := new(guided)
	var err error
	if g.rows, err = altoclient.NewRowCache(0); err != nil {
		return nil, err
	}
	if err := g.ask(ctx, servers); err != nil {
		g.close()
		return nil, err
	}
	return g, nil
}

func (g *guided) ask(ctx context.Context, servers []scenario.Server) error {
	ctx, stop := context.WithTimeout(ctx, fetchTimeout)
	defer stop()
	tasks, ctx := errgroup.WithContext(ctx)
	defer func() {
		stop()
		_ = tasks.Wait() // what stops tells nothing
	}()
	var sources []*altoclient.Source
	for _, s := range servers {
		url, err := serve(ctx, tasks, s)
		if err != nil {
			return err
		}
		source, err := g.source(s, url)
		if err != nil {
			return err
		}
		sources = append(sources, source)
	}
	guide, err := altoclient.NewGuide(g.rows, sources...)
	if err != nil {
		return err
	}
	tasks.Go(func() error { return guide.Run(ctx) })
	select {
	case <-guide.Ready():
	case <-ctx.Done():
		return fmt.Errorf("ALTO maps: %w", context.Cause(ctx))
	}
	for _, status := range guide.Sources() {
		if status.LastError != "" {
			return fmt.Errorf("ALTO server of %s: %s", status.Name, status.LastError)
		}
	}
	g.atlas = g.join(servers, sources)
	return nil
}

// join makes the Atlas anew: the guide's own has PIDs numbered in the order in which the
// maps came in, and draws hang on that.
func (g *guided) join(servers []scenario.Server, sources []*altoclient.Source) *altoclient.Atlas {
	members := make([]altoclient.Member, len(sources))
	for i, s := range sources {
		members[i] = altoclient.Member{Name: s.Name(), View: s.Current(), Requesters: servers[i].Requesters, Numbering: uint64(i + 1)}
	}
	return altoclient.NewAtlas(nil, members, g.rows)
}

func (g *guided) source(s scenario.Server, url string) (*altoclient.Source, error) {
	client := altoclient.NewClient(altoclient.Config{})
	g.clients = append(g.clients, client)
	return altoclient.NewSource(altoclient.SourceConfig{
		Name: s.Name, Directory: url, Requesters: s.Requesters, Internal: s.Internal,
		Properties: []string{"isp", "province"}, Updates: altoclient.UpdatesPoll,
		Client: client, Rows: g.rows,
	})
}

// serve answers for one ISP on loopback until ctx is done, and returns the directory's URL.
func serve(ctx context.Context, tasks *errgroup.Group, s scenario.Server) (directory string, err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return serveOn(ctx, tasks, listener, s)
}

// serveOn does so wherever it is that listener listens, and closes that.
func serveOn(ctx context.Context, tasks *errgroup.Group, listener net.Listener, s scenario.Server) (directory string, err error) {
	content, err := altoserver.NewContent(s.NetworkMap, s.CostMap)
	if err == nil {
		content, err = content.WithProperties(s.PropertyMap)
	}
	if err != nil {
		return "", errors.Join(fmt.Errorf("maps of %s: %w", s.Name, err), listener.Close())
	}
	server := &http.Server{Handler: altoserver.New(content, altoserver.Config{}), ReadHeaderTimeout: fetchTimeout}
	tasks.Go(func() error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	tasks.Go(func() error {
		<-ctx.Done()
		return server.Close()
	})
	return fmt.Sprintf("http://%v/directory", listener.Addr()), nil
}

// current is the map as the tracker asks for it.
func (g *guided) current() selector.Map {
	if g.atlas == nil || g.atlas.PIDs() == 0 {
		return nil
	}
	return g.atlas
}

func (g *guided) close() {
	for _, c := range g.clients {
		c.Close()
	}
	if g.rows != nil {
		g.rows.Close()
	}
}

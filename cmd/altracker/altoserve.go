package main

import (
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/altracker/altracker/altoclient/altoserver"
	"github.com/altracker/altracker/tracker/httprun"
)

type altoServeCommand struct {
	NetworkMap  string        `required:"" placeholder:"FILE" help:"Network map file."`
	CostMap     []string      `required:"" placeholder:"FILE" sep:"none" help:"Cost map file, of one cost type or several, or a cost calendar; may be given several times. Several cost types are also offered together (RFC 8189), calendars as such (RFC 8896)."`
	PropertyMap []string      `placeholder:"FILE" sep:"none" help:"Property map file (RFC 9240), about addresses or PIDs; may be given several times."`
	Listen      string        `default:"127.0.0.1:8181" placeholder:"ADDR" help:"Listen on HOST:PORT (${default})."`
	MaxAge      time.Duration `default:"15s" placeholder:"TIME" help:"How long clients may use a map without asking again (${default})."`
}

// Run serves the files, and reads them again when they change.
func (c altoServeCommand) Run(env environment) error {
	log := slog.New(slog.NewTextHandler(env.err, nil))
	files := altoserver.Files{NetworkMap: c.NetworkMap, CostMaps: c.CostMap, PropertyMaps: c.PropertyMap}
	content, err := files.Load()
	if err != nil {
		return misuse{err}
	}
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return err
	}
	alto := altoserver.New(content, altoserver.Config{MaxAge: c.MaxAge})
	server := &http.Server{Handler: alto, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute}
	server.RegisterOnShutdown(alto.Close) // or update streams would hold it up
	watcher := &altoserver.Watcher{Server: alto, Files: files, Reloaded: func(err error) {
		if err != nil {
			log.Error("map files not loaded; the last good ones are served", "error", err)
		}
	}}
	log.Info("ALTO server", "directory", fmt.Sprintf("http://%v/directory", listener.Addr()), "network map", content.VersionTag().Tag)

	tasks, ctx := errgroup.WithContext(env)
	tasks.Go(func() error { return watcher.Run(ctx) })
	tasks.Go(func() error { return httprun.Run(ctx, server, listener, 5*time.Second) })
	return tasks.Wait()
}

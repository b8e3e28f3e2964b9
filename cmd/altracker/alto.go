package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/altracker/altracker/altoclient"
	"github.com/altracker/altracker/altoclient/altoserver"
)

type altoServeCommand struct {
	NetworkMap string        `required:"" placeholder:"FILE" help:"Network map file."`
	CostMap    []string      `required:"" placeholder:"FILE" sep:"none" help:"Cost map file; may be given several times, for several cost types."`
	Listen     string        `default:"127.0.0.1:8181" placeholder:"ADDR" help:"Listen on HOST:PORT (${default})."`
	MaxAge     time.Duration `default:"1m" placeholder:"TIME" help:"How long clients may use a map without asking again (${default})."`
}

// Run serves the files, and reads them again when they change.
func (c altoServeCommand) Run(env environment) error {
	log := slog.New(slog.NewTextHandler(env.err, nil))
	files := altoserver.Files{NetworkMap: c.NetworkMap, CostMaps: c.CostMap}
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
	watcher := &altoserver.Watcher{Server: alto, Files: files, Reloaded: func(err error) {
		if err != nil {
			log.Error("map files not loaded; the last good ones are served", "error", err)
		}
	}}
	log.Info("ALTO server", "directory", fmt.Sprintf("http://%v/directory", listener.Addr()), "network map", content.VersionTag().Tag)

	tasks, ctx := errgroup.WithContext(env)
	tasks.Go(func() error { return watcher.Run(ctx) })
	tasks.Go(func() error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	tasks.Go(func() error {
		<-ctx.Done()
		bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		return server.Shutdown(bounded)
	})
	return tasks.Wait()
}

type altoGetCommand struct {
	Directory string `required:"" placeholder:"URL" help:"Directory of the ALTO server."`
	Resource  string `arg:"" optional:"" name:"resource-id" help:"Resource to print; without it, all ids are listed."`
}

// Run prints a resource as the server sent it, once it has passed the parser.
func (c altoGetCommand) Run(env environment) error {
	client := altoclient.NewClient(altoclient.Config{UserAgent: "altracker/" + version})
	defer client.Close()
	dir, err := client.Directory(env, c.Directory)
	if err != nil {
		return err
	}
	if c.Resource == "" {
		return printDirectory(env, dir)
	}
	r, ok := dir.Resource(c.Resource)
	if !ok {
		return misuse{fmt.Errorf("resource %q: the directory has none of that id; leave it out to list them", c.Resource)}
	}
	body, err := client.Get(env, r)
	if err != nil {
		return err
	}
	_, err = env.out.Write(body)
	return err
}

func printDirectory(env environment, dir *altoclient.Directory) error {
	w := tabwriter.NewWriter(env.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tMEDIA TYPE\tMETHOD\tCOST TYPES\tURI")
	for _, r := range dir.Resources {
		method := "GET"
		if r.Accepts != "" {
			method = "POST"
		}
		var types []string
		for _, t := range r.CostTypes {
			types = append(types, fmt.Sprint(t))
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", r.ID, r.MediaType, method, strings.Join(types, ", "), withoutPassword(r.URI))
	}
	for _, p := range dir.Problems {
		fmt.Fprintln(env.err, "altracker: left out:", p)
	}
	return w.Flush()
}

type altoLookupCommand struct {
	Directory string   `required:"" placeholder:"URL" help:"Directory of the ALTO server."`
	Addresses []string `arg:"" name:"address" help:"Addresses to look up."`
}

// Run prints the PID of each address, and the costs between their PIDs.
func (c altoLookupCommand) Run(env environment) error {
	addrs := make([]netip.Addr, len(c.Addresses))
	for i, a := range c.Addresses {
		addr, err := netip.ParseAddr(a)
		if err != nil {
			return misuse{fmt.Errorf("%q: want an IPv4 or IPv6 address", a)}
		}
		addrs[i] = addr.Unmap()
	}
	client := altoclient.NewClient(altoclient.Config{UserAgent: "altracker/" + version})
	defer client.Close()
	maps, err := client.Maps(env, c.Directory)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(env.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ADDRESS\tPID")
	for _, a := range addrs {
		name := maps.Name(maps.PID(a))
		if name == "" {
			name = "(none)"
		}
		fmt.Fprintf(w, "%v\t%s\n", a, name)
	}
	printCosts(w, maps, addrs)
	return w.Flush()
}

// printCosts prints the costs between the addresses' PIDs, each in both directions.
func printCosts(w *tabwriter.Writer, maps *altoclient.Snapshot, addrs []netip.Addr) {
	fmt.Fprintln(w, "\nFROM\tTO\tCOST")
	seen := map[[2]uint32]bool{}
	for _, from := range addrs {
		for _, to := range addrs {
			pair := [2]uint32{maps.PID(from), maps.PID(to)}
			if pair[0] == 0 || pair[1] == 0 || seen[pair] {
				continue
			}
			seen[pair] = true
			fmt.Fprintf(w, "%s\t%s\t%s\n", maps.Name(pair[0]), maps.Name(pair[1]), costText(maps.Cost(pair[0], pair[1])))
		}
	}
}

func costText(cost float32) string {
	if math.IsNaN(float64(cost)) {
		return "not stated"
	}
	return strconv.FormatFloat(float64(cost), 'g', -1, 32)
}

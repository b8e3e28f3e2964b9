package duel

import (
	"bufio"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/altracker/altracker/bench/load"
)

// The times that a server has to be there, and to be filled.
const (
	startPatience = 20 * time.Second
	fillPatience  = 10 * time.Minute
)

// server is one of those compared, from before its start to its end.
type server struct {
	spec    Spec
	dir     string
	words   *strings.Replacer
	order   Order
	process *process
	load    *load.Generator
}

// errMissing is the error of a server whose program is not installed.
var errMissing = errors.New("not installed")

// newServer finds the program and readies its folder.
func newServer(ctx context.Context, c *Config, spec Spec, root string, index int) (*server, error) {
	s := &server{spec: spec, dir: filepath.Join(root, strconv.Itoa(index))}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	s.words = strings.NewReplacer(
		"{port}", strconv.Itoa(int(port)), "{dir}", s.dir, "{hashes}", filepath.Join(s.dir, hashesFile),
		"{maps}", filepath.Join(root, mapsDir), "{altbench}", c.Self,
		"{cert}", filepath.Join(root, certFile), "{key}", filepath.Join(root, keyFile),
	)
	flags := strings.Fields(s.words.Replace(c.Plan.Load + " " + spec.Load))
	if s.order, err = c.ParseLoad(ctx, append(flags, c.Flags...)); err != nil {
		return nil, fmt.Errorf("load: %w", err)
	}
	if err := os.Mkdir(s.dir, 0o755); err != nil {
		return nil, err
	}
	if err := s.write(); err != nil {
		return nil, err
	}
	return s, nil
}

// The names of what is made for servers.
const (
	hashesFile = "hashes"
	mapsDir    = "maps"
)

// write writes the files of the plan, and the hashes if they are mentioned.
func (s *server) write() error {
	for name, text := range s.spec.Files {
		if err := os.WriteFile(filepath.Join(s.dir, name), []byte(s.words.Replace(text)), 0o644); err != nil {
			return err
		}
	}
	if !s.spec.mentions(hashesFile) {
		return nil
	}
	g, err := load.New(s.order.Load)
	if err != nil {
		return err
	}
	defer g.Close()
	f, err := os.Create(filepath.Join(s.dir, hashesFile))
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	if err := g.Hashes(func(h [20]byte) error {
		_, err := w.WriteString(hex.EncodeToString(h[:]) + "\n")
		return err
	}); err != nil {
		return err
	}
	return errors.Join(w.Flush(), f.Close())
}

// command returns what is run, its program found: as a path, beside this one, or on
// the PATH.
func (s *server) command(self string) ([]string, error) {
	words := strings.Fields(s.words.Replace(s.spec.Run))
	if beside := filepath.Join(filepath.Dir(self), words[0]); !strings.Contains(words[0], string(filepath.Separator)) {
		if path, err := exec.LookPath(beside); err == nil {
			words[0] = path
			return words, nil
		}
	}
	path, err := exec.LookPath(words[0])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", words[0], errMissing)
	}
	words[0], err = filepath.Abs(path)
	return words, err
}

// fill starts the server and has all peers announce themselves.
func (s *server) fill(ctx context.Context, c *Config) error {
	command, err := s.command(c.Self)
	if err != nil {
		return err
	}
	if s.process, err = start(ctx, command, s.dir, c.ServerCPUs, c.Nice); err != nil {
		return err
	}
	target := s.order.Load.Target
	if err := s.process.await(ctx, startPatience, func(ctx context.Context) error { return probe(ctx, target) }); err != nil {
		return err
	}
	conf := s.order.Load
	conf.PID, conf.CPUs, conf.Nice = s.process.pid, c.LoadCPUs, c.Nice
	if s.load, err = load.New(conf); err != nil {
		return err
	}
	if !s.order.Fill {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, fillPatience)
	defer cancel()
	if err := s.load.Fill(ctx); err != nil {
		return fmt.Errorf("%w%s", err, s.process.said())
	}
	return context.Cause(ctx)
}

// stop ends the server, if it runs.
func (s *server) stop() {
	if s.load != nil {
		s.load.Close()
	}
	if s.process != nil {
		s.process.stop()
	}
}

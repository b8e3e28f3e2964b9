package duel

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Plan says who is compared, and how. In Load, in commands and in files, these words
// in braces are replaced:
//
//	{port}      a free port, one for each server
//	{dir}       an empty folder, one for each server, that everybody may enter
//	{hashes}    {dir}/hashes, a file of the load's info hashes, one a line; it is
//	            written if the command or a file has the word "hashes" in it
//	{maps}      a folder with the ALTO maps of load.WriteMaps
//	{cert}, {key}  files of a certificate for 127.0.0.1, and its key
//	{altbench}  this program
type Plan struct {
	// About says in a line what is compared.
	About string `yaml:"about"`

	// Rounds is how often each server is measured. Zero: DefaultRounds.
	Rounds int `yaml:"rounds"`

	// Load is the URL and flags of altbench load, for all servers; the URL may as
	// well be in the Load of each.
	Load string `yaml:"load"`

	// PIDs is how many PIDs {maps} have. Zero: DefaultPIDs.
	PIDs int `yaml:"pids"`

	// Servers are compared in pairs, each with those behind it.
	Servers []Spec `yaml:"servers"`
}

// The defaults of [Plan].
const (
	DefaultRounds = 5
	DefaultPIDs   = 100
)

// Spec is a server.
type Spec struct {
	Name string `yaml:"name"`

	// Run is the command, split at spaces; there is no shell.
	Run string `yaml:"run"`

	// Load has further flags of the load, for this server only.
	Load string `yaml:"load"`

	// Files are written to {dir} before the start, by name.
	Files map[string]string `yaml:"files"`
}

// ParsePlan reads a plan. Every mistake is named.
func ParsePlan(text []byte) (Plan, error) {
	var p Plan
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
		return Plan{}, errors.New("empty")
	} else if err != nil {
		return Plan{}, err
	}
	if p.Rounds == 0 {
		p.Rounds = DefaultRounds
	}
	if p.PIDs == 0 {
		p.PIDs = DefaultPIDs
	}
	return p, p.check()
}

// maxRounds bounds how long a duel goes on.
const maxRounds = 1000

func (p Plan) check() error {
	var wrong []error
	if p.Rounds < 1 || p.Rounds > maxRounds {
		wrong = append(wrong, fmt.Errorf("rounds: %d: want 1 to %d", p.Rounds, maxRounds))
	}
	alone := func(s Spec) bool { return strings.TrimSpace(p.Load+s.Load) == "" }
	if strings.TrimSpace(p.Load) == "" && (len(p.Servers) == 0 || slices.ContainsFunc(p.Servers, alone)) {
		wrong = append(wrong, errors.New("load: missing: want a URL and flags of altbench load"))
	}
	if len(p.Servers) == 0 {
		wrong = append(wrong, errors.New("servers: none"))
	}
	for i, s := range p.Servers {
		switch {
		case s.Name == "":
			wrong = append(wrong, fmt.Errorf("servers[%d].name: missing", i))
		case slices.ContainsFunc(p.Servers[:i], func(o Spec) bool { return o.Name == s.Name }):
			wrong = append(wrong, fmt.Errorf("servers[%d].name: %q: given before", i, s.Name))
		}
		if strings.TrimSpace(s.Run) == "" {
			wrong = append(wrong, fmt.Errorf("servers[%d].run: missing", i))
		}
		for name := range s.Files {
			if name == "" || strings.ContainsAny(name, "/\\") || name == "." || name == ".." {
				wrong = append(wrong, fmt.Errorf("servers[%d].files: %q: want a name without folders", i, name))
			}
		}
	}
	return errors.Join(wrong...)
}

// mentions tells whether a server of the plan does.
func (p Plan) mentions(word string) bool {
	return slices.ContainsFunc(p.Servers, func(s Spec) bool { return s.mentions(word) })
}

// mentions tells whether a server has a word in its command or files.
func (s Spec) mentions(word string) bool {
	if strings.Contains(s.Run, word) {
		return true
	}
	for _, text := range s.Files {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}

// Package cmd_test holds the law of the house: which package may import which.
package cmd_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/altracker/altracker"

// law is what one package may import of ours, directly or through others, and
// what it must never import of anybody's, directly.
type law struct {
	pkg   string
	ours  []string
	never []string
}

// io and clocks are what the inner packages cannot reach, so that they cannot
// block, log, or read the time.
var (
	io_    = []string{"net", "net/http", "os", "log", "log/slog", "context"}
	clocks = []string{"time"}
)

// house is the law. A line ending in /... stands for a package and all below it.
var house = []law{
	{"altoclient", nil, nil},
	{"altoclient/discovery", []string{"altoclient"}, nil},
	{"altoclient/discovery/accessdomain", nil, nil},
	{"altoclient/asnmap", []string{"altoclient"}, nil},
	{"altoclient/asnmap/generate", []string{"altoclient", "altoclient/asnmap"}, nil},
	{"altoclient/asgraph", nil, nil},
	{"altoclient/mrt", nil, nil},
	{"altoclient/mrt/mrttest", []string{"altoclient/mrt"}, nil},
	{"altoclient/prefixmap", nil, nil},
	{"altoclient/mapbuild", []string{"altoclient", "altoclient/asnmap", "altoclient/asgraph", "altoclient/mrt", "altoclient/prefixmap"}, nil},
	{"altoclient/mapdiff", []string{"altoclient", "altoclient/prefixmap"}, nil},
	{"altoclient/altoserver", []string{"altoclient"}, nil},
	{"altoclient/altotest", []string{"altoclient", "altoclient/altoserver"}, nil},

	{"selector", []string{"selector/transport"}, slices.Concat(io_, clocks, []string{"sync"})},
	{"selector/transport", nil, slices.Concat(io_, clocks, []string{"sync"})},
	{"selector/selectortest", []string{"selector", "selector/transport"}, slices.Concat(io_, clocks)},

	{"tracker/swarm", nil, slices.Concat(io_, clocks)},
	{"tracker", []string{"selector", "selector/transport", "tracker/swarm"}, io_},
	{"tracker/trackertest", []string{"selector", "selector/transport", "tracker", "tracker/swarm"}, nil},
	{"tracker/udptracker", []string{"selector", "selector/transport", "tracker", "tracker/swarm"}, nil},
	{"tracker/httprun", nil, nil},
	{"tracker/httploop", nil, nil},
	{"tracker/certfile", nil, nil},
	{"tracker/httptracker", []string{"selector", "selector/transport", "tracker", "tracker/swarm", "tracker/httprun", "tracker/httploop"}, nil},
	{"tracker/admin", []string{"selector", "selector/transport", "tracker", "tracker/swarm", "tracker/httprun"}, nil},
	{"tracker/dhtnode", []string{"selector", "selector/transport", "tracker", "tracker/swarm"}, nil},
	{"tracker/snapshot", []string{"tracker/swarm"}, nil},

	{"bench/...", []string{"altoclient/...", "selector/...", "tracker/...", "bench/..."}, nil},
	{"cmd/altbench", []string{"altoclient/...", "selector/...", "tracker/...", "bench/..."}, nil},
	{"cmd/altracker/config", []string{"selector", "selector/transport", "tracker/swarm"}, nil},
	{"cmd/altracker", []string{"altoclient/...", "selector", "selector/transport", "tracker/...", "cmd/altracker/config"}, nil},
}

// strangers are modules that a package must not reach, not even through others.
var strangers = []struct{ pkg, module, reason string }{
	{"altoclient", "github.com/anacrolix", "the ALTO client is a library of its own"},
	{"cmd/altracker", "github.com/anacrolix/torrent/storage", "the tracker stores no torrents"},
	{"cmd/altracker", "github.com/anacrolix/torrent$", "the BitTorrent client is for tests and the bench"},
	{"cmd/altracker", "zombiezen.com/go/sqlite", "it comes with the client's storage"},
	{"cmd/altracker", "modernc.org/sqlite", "it comes with the client's storage"},
	{"cmd/altracker", "github.com/pion", "WebRTC is the client's"},
}

// listed is what the go tool says of a package.
type listed struct {
	ImportPath string
	Dir        string
	GoFiles    []string
	Imports    []string
	Deps       []string
	Doc        string
}

func list(t *testing.T) map[string]listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Dir,GoFiles,Imports,Deps,Doc", module+"/...")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	pkgs := map[string]listed{}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return pkgs
		} else if err != nil {
			t.Fatal(err)
		}
		if len(p.GoFiles) > 0 {
			pkgs[strings.TrimPrefix(p.ImportPath, module+"/")] = p
		}
	}
}

// covers tells whether one of names, which may end in /..., stands for pkg.
func covers(names []string, pkg string) bool {
	for _, n := range names {
		if root, ok := strings.CutSuffix(n, "/..."); n == pkg || ok && (pkg == root || strings.HasPrefix(pkg, root+"/")) {
			return true
		}
	}
	return false
}

func TestImportsObeyTheLaw(t *testing.T) {
	pkgs := list(t)
	for name, p := range pkgs {
		i := slices.IndexFunc(house, func(l law) bool { return covers([]string{l.pkg}, name) })
		if i < 0 {
			t.Errorf("%s is not in the law: add a line for it", name)
			continue
		}
		for _, dep := range p.Deps {
			if ours, ok := strings.CutPrefix(dep, module+"/"); ok && !covers(house[i].ours, ours) {
				t.Errorf("%s must not reach %s", name, ours)
			}
		}
		for _, dep := range p.Imports {
			if slices.Contains(house[i].never, dep) {
				t.Errorf("%s must not import %s", name, dep)
			}
		}
	}
	for _, l := range house {
		if root, all := strings.CutSuffix(l.pkg, "/..."); !all {
			if _, ok := pkgs[root]; !ok {
				t.Errorf("the law has a line for %s, which is not there", root)
			}
		}
	}
}

func TestProgramsDoNotLinkStrangers(t *testing.T) {
	pkgs := list(t)
	for _, s := range strangers {
		path, exact := strings.CutSuffix(s.module, "$")
		for _, dep := range pkgs[s.pkg].Deps {
			if dep == path || !exact && strings.HasPrefix(dep, path+"/") {
				t.Errorf("%s links %s: %s", s.pkg, dep, s.reason)
			}
		}
	}
}

func TestEveryPackageHasAComment(t *testing.T) {
	for name, p := range list(t) {
		if p.Doc == "" {
			t.Errorf("%s has no package comment", name)
		}
	}
}

// TestCoreReadsNoClock: the core takes its time from requests and its chance from
// seeds, so that a simulator can drive it.
func TestCoreReadsNoClock(t *testing.T) {
	forbidden := map[string][]string{
		"time": {"Now", "Since", "Until", "After", "Tick", "NewTimer", "NewTicker", "Sleep"},
		"rand": {"Int", "IntN", "N", "Float64", "Uint32", "Uint64", "Shuffle", "Perm"},
	}
	pkgs := list(t)
	for _, name := range []string{"tracker", "tracker/swarm", "selector", "selector/transport"} {
		for _, file := range pkgs[name].GoFiles {
			path := filepath.Join(pkgs[name].Dir, file)
			f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			imported := map[string]bool{}
			for _, imp := range f.Imports {
				p, _ := strconv.Unquote(imp.Path.Value)
				imported[strings.TrimSuffix(filepath.Base(p), "/v2")] = true
				if strings.HasPrefix(p, "math/rand") {
					imported["rand"] = true
				}
			}
			ast.Inspect(f, func(n ast.Node) bool {
				if sel, ok := n.(*ast.SelectorExpr); ok {
					if x, ok := sel.X.(*ast.Ident); ok && imported[x.Name] && slices.Contains(forbidden[x.Name], sel.Sel.Name) {
						t.Errorf("%s calls %s.%s", path, x.Name, sel.Sel.Name)
					}
				}
				return true
			})
		}
	}
}

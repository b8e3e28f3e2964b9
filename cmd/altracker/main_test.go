package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/altracker/altracker/altoclient/mrt/mrttest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"altracker": main, announcerCommand: announcer, mapServerCommand: mapServer})
}

// TestScripts runs testdata/*.txtar: what a user types, and what comes back.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:  "testdata",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"status": status, "mrt": writeMRT, "altoserver": serveALTO, "post": post},
	})
}

// status runs a program and wants an exit status: status 2 altracker serv.
func status(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	got := "0"
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		got = string('0' + rune(exit.ExitCode()))
	}
	if got != args[0] {
		ts.Fatalf("exit status %s, want %s", got, args[0])
	}
}

// writeMRT makes a dump of a routing table from text: mrt routes.txt rib.mrt.
func writeMRT(ts *testscript.TestScript, _ bool, args []string) {
	dump, err := mrttest.Dump(ts.ReadFile(args[0]))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), dump, 0o644))
}

// serveALTO runs altracker alto serve until the script is over, and sets server to
// its URL: altoserver --network-map network.json --cost-map costs.json.
func serveALTO(ts *testscript.TestScript, _ bool, args []string) {
	args = slices.Clone(args)
	for i, arg := range args {
		if !strings.HasPrefix(arg, "--") {
			args[i] = ts.MkAbs(arg)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	log, out := io.Pipe()
	exit := make(chan int, 1)
	go func() {
		exit <- run(environment{ctx, io.Discard, out}, append([]string{"alto", "serve", "--listen", "127.0.0.1:0"}, args...))
		_ = out.Close()
	}()
	lines := bufio.NewScanner(log)
	lines.Scan()
	first := lines.Text()
	go func() { _, _ = io.Copy(io.Discard, log) }()
	ts.Defer(func() {
		cancel()
		if code := <-exit; code != 0 {
			ts.Logf("altracker alto serve: exit status %d", code)
		}
	})
	_, url, _ := strings.Cut(first, "directory=")
	url, _, ok := strings.Cut(url, "/directory")
	if !ok {
		ts.Fatalf("altracker alto serve: %s", first)
	}
	ts.Setenv("server", url)
}

// post sends a file and prints the answer: post $server/path media/type file.
func post(ts *testscript.TestScript, _ bool, args []string) {
	answer, err := http.Post(args[0], args[1], strings.NewReader(ts.ReadFile(args[2])))
	ts.Check(err)
	defer answer.Body.Close()
	_, err = io.Copy(ts.Stdout(), answer.Body)
	ts.Check(err)
	_, _ = fmt.Fprintln(ts.Stdout())
}

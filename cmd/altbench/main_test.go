package main

import (
	"context"
	"errors"
	"net/netip"
	"os/exec"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/altracker/altracker/bench/load/null"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"altbench": main})
}

// TestScripts runs testdata/*.txtar: what a user types, and what comes back.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:  "testdata",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"status": status, "null": serveNull},
	})
}

// status runs a program and wants an exit status: status 2 altbench laod.
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

// serveNull runs a null server of UDP until the script ends, and names its address in
// a variable: null ADDR.
func serveNull(ts *testscript.TestScript, _ bool, args []string) {
	s, err := null.ListenUDP(netip.MustParseAddrPort("127.0.0.1:0"), null.Config{Peers: 3})
	ts.Check(err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	ts.Defer(func() {
		cancel()
		ts.Check(<-done)
	})
	ts.Setenv(args[0], s.Addr().String())
}

package main

import (
	"errors"
	"os"
	"os/exec"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/altracker/altracker/altoclient/mrt/mrttest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"altracker": main, announcerCommand: announcer})
}

// TestScripts runs testdata/*.txtar: what a user types, and what comes back.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:  "testdata",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"status": status, "mrt": writeMRT},
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

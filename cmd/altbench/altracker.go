package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// trackerPackage is what altracker is built from.
const trackerPackage = "github.com/altracker/altracker/cmd/altracker"

// findAltracker returns the tracker's program: the one that is named, else the one beside
// this program, else one built from the source that this folder is in. remove takes away
// what it has built.
func findAltracker(ctx context.Context, named string) (path string, remove func(), err error) {
	remove = func() {}
	if named != "" {
		path, err = exec.LookPath(named)
		return path, remove, err
	}
	if self, err := os.Executable(); err == nil {
		if path, err = exec.LookPath(filepath.Join(filepath.Dir(self), "altracker")); err == nil {
			return path, remove, nil
		}
	}
	folder, err := os.MkdirTemp("", "altbench-")
	if err != nil {
		return "", remove, err
	}
	remove = func() { os.RemoveAll(folder) }
	path = filepath.Join(folder, "altracker")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", path, trackerPackage).CombinedOutput(); err != nil {
		remove()
		return "", nil, errors.Join(errors.New("no altracker: name it by --altracker, put it beside altbench, or start from its source"),
			fmt.Errorf("go build %s: %w: %s", trackerPackage, err, out))
	}
	return path, remove, nil
}

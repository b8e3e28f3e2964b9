// Command generate writes the documents of the trials' maps as files: of the small maps
// into their folders, which go generate does, or of one map into a folder of its own:
//
//	go run ./bench/trial/generate                                     in bench/trial
//	go run ./bench/trial/generate --out /tmp/fine comcast-fine
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/altracker/altracker/bench/trial"
)

func main() {
	out := flag.String("out", "", "folder to write to; for one map only")
	flag.Parse()
	if err := generate(*out, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

// generate writes the maps of names, all that have a folder if there are none.
func generate(out string, names []string) error {
	if out != "" && len(names) != 1 {
		return fmt.Errorf("%d maps for one folder: want the name of one", len(names))
	}
	if len(names) == 0 {
		for _, name := range trial.Names() {
			if _, err := os.Stat(filepath.Join(name, "regions.yaml")); err == nil {
				names = append(names, name)
			}
		}
	}
	for _, name := range names {
		t, err := trial.Load(name)
		if err != nil {
			return err
		}
		folder := name
		if out != "" {
			folder = out
		}
		if err := t.Write(folder); err != nil {
			return err
		}
	}
	return nil
}

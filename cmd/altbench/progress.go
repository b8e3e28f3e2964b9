package main

import (
	"fmt"
	"os"
	"time"

	"github.com/altracker/altracker/bench/load"
)

// watch tells a person at a terminal how a fill goes, until the returned function is
// called.
func watch(env environment, g *load.Generator, peers int) (stop func()) {
	file, ok := env.err.(*os.File)
	if !ok || !terminal(file) {
		return func() {}
	}
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		ticker := time.NewTicker(500 * time.Millisecond)
		defer ticker.Stop()
		for {
			select {
			case <-done:
				fmt.Fprint(file, "\r\x1b[K") // the line is gone again
				return
			case <-ticker.C:
				fmt.Fprintf(file, "\raltbench: %d of %d peers announced", min(g.Answers(), int64(peers)), peers)
			}
		}
	}()
	return func() {
		close(done)
		<-ended
	}
}

func terminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

package main

import (
	"fmt"
	"runtime/debug"
)

// version is the release this source becomes.
const version = "0.1.0"

type versionCommand struct{}

// Run prints the version and, if the build recorded it, the revision.
func (versionCommand) Run(env environment) error {
	_, err := fmt.Fprintln(env.out, "altracker", version+revision())
	return err
}

func revision() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return "+" + s.Value[:12]
		}
	}
	return ""
}

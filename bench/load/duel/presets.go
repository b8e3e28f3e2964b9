package duel

import (
	"embed"
	"fmt"
	"path"
	"strings"
)

//go:embed presets/*.yaml
var presets embed.FS

// Presets returns the names of the plans that come with the program.
func Presets() (names []string) {
	entries, _ := presets.ReadDir("presets") // it is there: see above
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	return names
}

// Preset returns the text of a plan that comes with the program.
func Preset(name string) ([]byte, error) {
	text, err := presets.ReadFile(path.Join("presets", name+".yaml"))
	if err != nil {
		return nil, fmt.Errorf("plan %q: want a file, or one of %s", name, strings.Join(Presets(), ", "))
	}
	return text, nil
}

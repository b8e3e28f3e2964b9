package scenario

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/altracker/altracker/bench/scenarios"
)

// Parse reads a scenario.
func Parse(name string, text []byte) (*Scenario, error) {
	s := &Scenario{Name: name}
	mistakes, err := decode(text, s)
	if err != nil {
		return nil, fmt.Errorf("scenario %s: %w", name, err)
	}
	if err := errors.Join(s.check(mistakes)...); err != nil {
		return nil, fmt.Errorf("scenario %s: %w", name, err)
	}
	sum := sha256.Sum256(text)
	s.digest = hex.EncodeToString(sum[:8])
	return s, nil
}

// Load reads a scenario that ships, by its name, or one from a file.
func Load(name string) (*Scenario, error) {
	if text, err := scenarios.Files.ReadFile(name + suffix); err == nil {
		return Parse(name, text)
	}
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("scenario %q: want a file, or one of %s", name, strings.Join(Names(), ", "))
	}
	if err != nil {
		return nil, err
	}
	return Parse(strings.TrimSuffix(filepath.Base(name), suffix), text)
}

const suffix = ".yaml"

// Names returns the names of the scenarios that ship: quick, then in their order.
func Names() (names []string) {
	files, err := fs.Glob(scenarios.Files, "*"+suffix)
	if err != nil {
		return nil // the pattern is a right one
	}
	for _, file := range files {
		names = append(names, strings.TrimSuffix(file, suffix))
	}
	slices.SortStableFunc(names, func(a, b string) int { return first(b) - first(a) })
	return names
}

func first(name string) int {
	if name == "quick" {
		return 1
	}
	return 0
}

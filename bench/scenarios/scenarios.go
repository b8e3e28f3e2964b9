// Package scenarios holds the scenarios that ship: one YAML file each. Package scenario
// reads them; docs/benchmarks.md explains their keys.
package scenarios

import "embed"

// Files is the scenarios.
//
//go:embed *.yaml
var Files embed.FS

//go:build !(amd64 || arm64)

package swarm

import "unsafe"

func fetch(unsafe.Pointer, uintptr) {}

func fetchEach([]unsafe.Pointer, uintptr, []handle) {}

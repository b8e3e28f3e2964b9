//go:build !linux

package load

func newRawHTTPWorker(g *Generator, index int) (worker, error) { return newHTTPWorker(g, index), nil }

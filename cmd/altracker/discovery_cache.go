package main

import (
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
)

// discoveredCache is a folder that keeps what discovery has found: a file of the
// servers, and a folder for the maps of each. The zero value keeps nothing.
type discoveredCache struct {
	dir string
	log *slog.Logger
}

// discoveredCacheBytes is what the maps of one server may take: a directory, a network
// map and a cost map.
const discoveredCacheBytes = 64 << 20

// newDiscoveredCache returns that below the folder for fetched maps, if there is one.
func newDiscoveredCache(cache string, log *slog.Logger) discoveredCache {
	if cache == "" {
		return discoveredCache{}
	}
	return discoveredCache{filepath.Join(cache, "discovered"), log}
}

// servers returns the path of the file of the servers, empty if nothing is kept.
func (c discoveredCache) servers() string {
	if c.dir == "" {
		return ""
	}
	return filepath.Join(c.dir, "servers")
}

// maps returns the folder for the maps of the server at uri, empty if nothing is kept.
func (c discoveredCache) maps(uri string) string {
	if c.dir == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(uri))
	return filepath.Join(c.dir, hex.EncodeToString(sum[:16]))
}

// prune removes the maps of servers that are not followed. What a source writes while
// it is being stopped may come after that; then it goes the next time.
func (c discoveredCache) prune(followed []string) {
	if c.dir == "" {
		return
	}
	keep := make([]string, len(followed))
	for i, uri := range followed {
		keep[i] = c.maps(uri)
	}
	entries, err := os.ReadDir(c.dir)
	if err != nil {
		return // there is nothing yet, or writing will tell
	}
	for _, e := range entries {
		path := filepath.Join(c.dir, e.Name())
		if raw, err := hex.DecodeString(e.Name()); err != nil || len(raw) != 16 || !e.IsDir() || slices.Contains(keep, path) {
			continue
		}
		if err := os.RemoveAll(path); err != nil {
			c.log.Error("maps of an ALTO server that is no longer followed are not removed", "error", err)
		}
	}
}

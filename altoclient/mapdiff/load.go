package mapdiff

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/altracker/altracker/altoclient"
)

// The files of a folder, as package mapbuild writes them.
const (
	networkMapFile = "networkmap.json"
	costMapFile    = "costmap.json"
)

// IsURL tells whether place is the URL of a directory, not a file.
func IsURL(place string) bool {
	return strings.HasPrefix(place, "http://") || strings.HasPrefix(place, "https://")
}

// Load reads a map. Its place is one of
//
//	https://alto.example.net/directory   the directory of an ALTO server
//	maps                                 a folder with networkmap.json and, if there, costmap.json
//	networkmap.json,costmap.json         two files
//	networkmap.json                      a network map alone
//
// Errors name the file, or the URL.
func Load(ctx context.Context, client *altoclient.Client, place string) (*altoclient.Snapshot, error) {
	if IsURL(place) {
		m, err := client.Maps(ctx, place)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", place, err)
		}
		return m, nil
	}
	network, costs := place, ""
	info, err := os.Stat(network)
	if err != nil && strings.Contains(place, ",") {
		network, costs, _ = strings.Cut(place, ",")
		info, err = os.Stat(network)
	}
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		network, costs = filepath.Join(network, networkMapFile), filepath.Join(network, costMapFile)
		if _, err := os.Stat(costs); os.IsNotExist(err) {
			costs = ""
		}
	}
	return loadFiles(network, costs)
}

func loadFiles(network, costs string) (*altoclient.Snapshot, error) {
	var networkMap *altoclient.NetworkMap
	err := readFile(network, func(r io.Reader) (err error) {
		networkMap, err = altoclient.ParseNetworkMap(r, altoclient.Limits{})
		return err
	})
	if err != nil {
		return nil, err
	}
	var costMap *altoclient.CostMap
	if costs != "" {
		err = readFile(costs, func(r io.Reader) (err error) {
			costMap, err = altoclient.ParseCostMap(r, networkMap, altoclient.Limits{})
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	m, err := altoclient.NewSnapshot(networkMap, costMap, altoclient.SnapshotConfig{})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", costs, err)
	}
	return m, nil
}

func readFile(file string, read func(io.Reader) error) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := read(f); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

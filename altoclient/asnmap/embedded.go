package asnmap

import (
	_ "embed"
	"fmt"
)

// What the embedded map was made of; data/README.md tells more.
const (
	// EmbeddedDate is the day the data was published.
	EmbeddedDate = "2026-06-17"

	// EmbeddedVersion is the publisher's version of the data.
	EmbeddedVersion = "2.3.2026061719"

	// Attribution must be shown wherever the embedded map, or what was made of
	// it, is passed on (CC BY 4.0 section 3).
	Attribution = "AS and country data: Route Views (routeviews.org), NRO (nro.net), " +
		"IP Geolocation by DB-IP (https://db-ip.com); " +
		"CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/); reduced to ranges, ASes and their countries"
)

//go:embed data/asnmap.gz
var embedded []byte

// Embedded unpacks the map that ships in the binary. Each call makes a new one.
func Embedded() (*Map, error) {
	data, err := unpack(embedded)
	if err == nil {
		var m *Map
		if m, err = decode(data); err == nil {
			return m, nil
		}
	}
	return nil, fmt.Errorf("the embedded map: %w", err)
}

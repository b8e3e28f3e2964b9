package trial

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strconv"
)

// PID is a PID of a trial, and the peers in it.
type PID struct {
	Name string

	// Share is the part of all peers that is in the PID, 0 to 1.
	Share float64

	// Addresses is where the PID's peers have theirs. It may be smaller than the PID.
	Addresses netip.Prefix

	// ISP, Province and City are what the tracker's own table says of the PID;
	// empty where it says nothing.
	ISP, Province, City string
}

var columns = []string{"pid", "weight", "addresses", "isp", "province", "city"}

// parsePIDs reads a table with a line for each PID. Weights become shares of their sum.
func parsePIDs(table []byte) ([]PID, error) {
	r := csv.NewReader(bytes.NewReader(table))
	r.Comment, r.FieldsPerRecord = '#', len(columns)
	header, err := r.Read()
	if err != nil {
		return nil, err
	}
	if !slices.Equal(header, columns) {
		return nil, fmt.Errorf("columns %q: want %q", header, columns)
	}
	rows, err := r.ReadAll()
	if err != nil {
		return nil, err
	}
	var pids []PID
	sum := 0.0
	for i, row := range rows {
		weight, err := strconv.ParseFloat(row[1], 64)
		if err == nil && !(weight > 0) {
			err = errors.New("want a weight above 0")
		}
		addresses, err2 := netip.ParsePrefix(row[2])
		if err := errors.Join(err, err2); err != nil {
			return nil, fmt.Errorf("PID %d, %s: %w", i+1, row[0], err)
		}
		sum += weight
		pids = append(pids, PID{Name: row[0], Share: weight, Addresses: addresses, ISP: row[3], Province: row[4], City: row[5]})
	}
	for i := range pids {
		pids[i].Share /= sum
	}
	return pids, nil
}

// Draw returns how many of peers are in each of PIDs, each drawn by the PIDs' shares.
func (t Trial) Draw(peers int, rng *rand.Rand) []int {
	upTo := make([]float64, len(t.PIDs))
	sum := 0.0
	for i, p := range t.PIDs {
		sum += p.Share
		upTo[i] = sum
	}
	counts := make([]int, len(t.PIDs))
	for range peers {
		i, _ := slices.BinarySearch(upTo, rng.Float64()*sum)
		counts[min(i, len(counts)-1)]++
	}
	return counts
}

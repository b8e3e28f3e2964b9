package trial

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"
)

// Popularity says how much of the traffic the most popular contents are of.
type Popularity struct {
	Rank    int     // so many contents, the most popular ones
	Traffic float64 // their part of the traffic, 0 to 1
}

// ChinaTelecomPopularity returns the popularity of contents in the China Telecom trial,
// in the order of ranks (draft-lee-alto-chinatelecom-trial-04 section 5.3).
func ChinaTelecomPopularity() ([]Popularity, error) {
	const name = "chinatelecom/popularity.csv"
	text, err := files.ReadFile(name)
	if err != nil {
		return nil, err
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.Comment, r.FieldsPerRecord = '#', 2
	rows, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var list []Popularity
	for _, row := range rows[min(1, len(rows)):] {
		var p Popularity
		if p.Rank, err = strconv.Atoi(row[0]); err == nil {
			p.Traffic, err = strconv.ParseFloat(row[1], 64)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: rank %s: %w", name, row[0], err)
		}
		list = append(list, p)
	}
	return list, nil
}

package report

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
)

// PageFile is the report, in the folder of the results.
const PageFile = "report.html"

const (
	resultsFile = "results.json"
	tableFile   = "results.csv"
	aboutFile   = "run.json"
	detailsDir  = "details"
	plotsDir    = "plots"
)

// WriteResults writes results.json, results.csv and run.json into dir, each at once or
// not at all. Records are put in order of scenario, policy and seed, and a name may
// come in any of them once.
func WriteResults(dir string, about About, records []Record) error {
	records = slices.Clone(records)
	slices.SortStableFunc(records, compareRecords)
	if err := checkRecords(records); err != nil {
		return err
	}
	if records == nil {
		records = []Record{}
	}
	return errors.Join(
		replace(filepath.Join(dir, resultsFile), func(w io.Writer) error { return encode(w, records, true) }),
		replace(filepath.Join(dir, tableFile), func(w io.Writer) error { return writeTable(w, records) }),
		replace(filepath.Join(dir, aboutFile), func(w io.Writer) error { return encode(w, about, true) }),
	)
}

// ReadResults reads what WriteResults has written. A run.json that is not there is
// no error, for results may come from elsewhere: the About is then zero. Where there are
// no results, the error is os.ErrNotExist.
func ReadResults(dir string) (About, []Record, error) {
	var about About
	var records []Record
	if _, err := os.Stat(dir); err != nil {
		return about, nil, err
	}
	if err := read(filepath.Join(dir, resultsFile), &records); err != nil {
		if errors.Is(err, os.ErrNotExist) {
			err = fmt.Errorf("%s holds no %s: want a folder that altbench run or altbench live has written: %w", dir, resultsFile, os.ErrNotExist)
		}
		return about, nil, err
	}
	if err := checkRecords(records); err != nil {
		return about, nil, fmt.Errorf("%s: %w", filepath.Join(dir, resultsFile), err)
	}
	slices.SortStableFunc(records, compareRecords)
	if err := read(filepath.Join(dir, aboutFile), &about); err != nil && !errors.Is(err, os.ErrNotExist) {
		return about, nil, err
	}
	return about, records, nil
}

// WriteDetail writes one Detail into its file in dir/details.
func WriteDetail(dir string, d *Detail) error {
	if err := d.check(); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(dir, detailsDir), 0o755); err != nil {
		return err
	}
	return replace(detailPath(dir, d.Scenario, d.Policy, d.Seed), func(w io.Writer) error {
		z := gzip.NewWriter(w)
		return errors.Join(encode(z, d, false), z.Close())
	})
}

// ReadDetail reads what WriteDetail has written. The error is os.ErrNotExist if the
// run left none.
func ReadDetail(dir, scenario, policy string, seed uint64) (*Detail, error) {
	path := detailPath(dir, scenario, policy, seed)
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	d := new(Detail)
	if err := decode(z, d); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if d.Scenario != scenario || d.Policy != policy || d.Seed != seed {
		return nil, fmt.Errorf("%s: it is of scenario %q, policy %q, seed %d", path, d.Scenario, d.Policy, d.Seed)
	}
	if err := d.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return d, nil
}

// detailPath names the file of one run. Names are escaped, so that none leaves the
// folder and no two share a file.
func detailPath(dir, scenario, policy string, seed uint64) string {
	name := url.QueryEscape(scenario) + "~" + url.QueryEscape(policy) + "~" + strconv.FormatUint(seed, 10) + ".json.gz"
	return filepath.Join(dir, detailsDir, name)
}

func compareRecords(a, b Record) int {
	return cmp.Or(cmp.Compare(a.Scenario, b.Scenario), cmp.Compare(a.Policy, b.Policy), cmp.Compare(a.Seed, b.Seed))
}

func read(path string, v any) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := decode(bytes.NewReader(text), v); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// replace writes a file beside path and renames it, so that a reader, or a run that
// was cut off, finds the old file or the new one.
func replace(path string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if err := errors.Join(write(f), f.Chmod(0o644), f.Close()); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return os.Rename(f.Name(), path)
}

package report

import (
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// example is where to leave a report to look at: go test ./bench/report -run Complete -example DIR.
var example = flag.String("example", "", "leave a report of made-up runs in this folder")

func draw(t *testing.T, dir string) string {
	t.Helper()
	if err := Draw(dir); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(dir, pageFile))
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

func TestReportIsComplete(t *testing.T) {
	dir := t.TempDir()
	if *example != "" {
		dir = *example
	}
	makeRuns(t, dir, 5)
	page := draw(t, dir)
	t.Logf("%d bytes", len(page))
}

func plots(t *testing.T, dir string) []string {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(dir, plotsDir, "*.svg"))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func wellFormed(text string) error {
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

var tagPattern = regexp.MustCompile(`<[^>]+>`)

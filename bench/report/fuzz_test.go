package report

import (
	"bytes"
	"compress/gzip"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// FuzzResults: whatever results.json and the details say, they are refused or drawn as
// a page that is sound.
func FuzzResults(f *testing.F) {
	record, detail := abilene().run(habits[0], 1)
	record.Scenario, detail.Scenario = "s", "s"
	for i := range detail.ISPs {
		detail.ISPs[i].Completion = detail.ISPs[i].Completion[:3]
	}
	dir := f.TempDir()
	if err := WriteResults(dir, About{}, []Record{record}); err != nil {
		f.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, resultsFile))
	if err != nil {
		f.Fatal(err)
	}
	var details bytes.Buffer
	if err := encode(&details, detail, false); err != nil {
		f.Fatal(err)
	}
	f.Add(text, details.Bytes())
	f.Add([]byte(`[{"scenario":"s","policy":"random","seed":1,"peers":-1,"file_bytes":1,"t_min_s":1e-300,"completion_p50_s":1e300},{"scenario":"s","policy":"p","seed":1,"eta":1e300,"completion_p50_s":-1}]`),
		[]byte(`{"scenario":"s","policy":"random","seed":1,"pids":[{"isp":-1},{"isp":-1}],"traffic":{"from":[0],"to":[1],"bytes":[1e-300]}}`))
	f.Add([]byte(`[{"scenario":"s","policy":"random","seed":1,"file_bytes":9}]`),
		[]byte(`{"scenario":"s","policy":"random","seed":1,"isps":[{"name":"","completion_s":[0,0]}],"nodes":[{"lat":null},{}],"links":[{"a":0,"b":1,"bytes":[1,0],"peak":null},{"a":1,"b":1}]}`))
	f.Fuzz(func(t *testing.T, results, detail []byte) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, resultsFile), results, 0o600); err != nil {
			t.Fatal(err)
		}
		about, records, err := ReadResults(dir)
		if err != nil || len(records) == 0 {
			return
		}
		writeZipped(t, detailPath(dir, records[0].Scenario, records[0].Policy, records[0].Seed), detail)
		if err := Draw(dir); err == nil {
			page, err := os.ReadFile(filepath.Join(dir, PageFile))
			if err != nil {
				t.Fatal(err)
			}
			checkPage(t, string(page))
			checkPlots(t, dir)
		}
		if err := WriteResults(dir, about, records); err != nil {
			t.Fatal(err)
		}
		if _, again, err := ReadResults(dir); err != nil || len(again) != len(records) {
			t.Errorf("%d records came back as %d (%v)", len(records), len(again), err)
		}
	})
}

func writeZipped(t *testing.T, path string, text []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	file, err := os.Create(path)
	if errors.Is(err, os.ErrNotExist) || err != nil && len(filepath.Base(path)) > 255 {
		t.Skip("a name too long for a file")
	} else if err != nil {
		t.Fatal(err)
	}
	z := gzip.NewWriter(file)
	_, _ = z.Write(text)
	if err := errors.Join(z.Close(), file.Close()); err != nil {
		t.Fatal(err)
	}
}

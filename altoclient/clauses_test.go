package altoclient_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestClauseTableNamesTestsThatExist keeps docs/alto.md true.
func TestClauseTableNamesTestsThatExist(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join("..", "docs", "alto.md"))
	if err != nil {
		t.Fatal(err)
	}
	var tests strings.Builder
	for _, file := range testFiles(t, "*_test.go", filepath.Join("altoserver", "*_test.go")) {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		tests.Write(b)
	}
	names := regexp.MustCompile("`(Test[A-Za-z0-9]+)`").FindAllSubmatch(doc, -1)
	if len(names) < 30 {
		t.Errorf("only %d tests are named", len(names))
	}
	for _, name := range names {
		if !strings.Contains(tests.String(), "func "+string(name[1])+"(") {
			t.Errorf("there is no %s", name[1])
		}
	}
}

func testFiles(t *testing.T, patterns ...string) (files []string) {
	t.Helper()
	for _, pattern := range patterns {
		some, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, some...)
	}
	return files
}

package discovery

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestClauseTableNamesTestsThatExist keeps docs/discovery.md true.
func TestClauseTableNamesTestsThatExist(t *testing.T) {
	root := filepath.Join("..", "..")
	doc, err := os.ReadFile(filepath.Join(root, "docs", "discovery.md"))
	if err != nil {
		t.Fatal(err)
	}
	var tests strings.Builder
	for _, folder := range []string{".", "accessdomain", filepath.Join(root, "cmd", "altracker"), filepath.Join(root, "cmd", "altracker", "config")} {
		files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%d test files in %s, %v", len(files), folder, err)
		}
		for _, file := range files {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			tests.Write(b)
		}
	}
	names := regexp.MustCompile("`(Test[A-Za-z0-9]+)`").FindAllSubmatch(doc, -1)
	if len(names) < 20 {
		t.Errorf("only %d tests are named", len(names))
	}
	for _, name := range names {
		if !strings.Contains(tests.String(), "func "+string(name[1])+"(") {
			t.Errorf("there is no %s", name[1])
		}
	}
}

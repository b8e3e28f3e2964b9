package trial

import (
	"os"
	"path/filepath"
)

// Files returns the documents by the names of their files.
func (d Documents) Files() map[string][]byte {
	files := map[string][]byte{"networkmap.json": d.NetworkMap, "costmap.json": d.CostMap}
	if d.PropertyMap != nil {
		files["propertymap.json"] = d.PropertyMap
	}
	return files
}

// Write makes the documents and writes them into a folder.
func (t Trial) Write(folder string) error {
	docs, err := t.Documents()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for name, document := range docs.Files() {
		if err := os.WriteFile(filepath.Join(folder, name), document, 0o644); err != nil {
			return err
		}
	}
	return nil
}

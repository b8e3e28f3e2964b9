package altoclient

import (
	"github.com/go-json-experiment/json/jsontext"
)

// VersionTag names one version of one resource (RFC 7285 section 10.3). Two
// version tags are equal if and only if == says so.
type VersionTag struct {
	ResourceID string
	Tag        string
}

// String returns the tag for people, as resource@tag. It is empty for the zero
// VersionTag.
func (v VersionTag) String() string {
	if v == (VersionTag{}) {
		return ""
	}
	return v.ResourceID + "@" + v.Tag
}

func (v VersionTag) appendJSON(b []byte) []byte {
	b = append(b, `{"resource-id":`...)
	b, _ = jsontext.AppendQuote(b, v.ResourceID)
	b = append(b, `,"tag":`...)
	b, _ = jsontext.AppendQuote(b, v.Tag)
	return append(b, '}')
}

func (d *document) versionTag() (VersionTag, error) {
	var v VersionTag
	err := d.object(func(name []byte) (err error) {
		switch string(name) {
		case "resource-id":
			if v.ResourceID, err = d.str(); err == nil {
				if err := checkName(v.ResourceID); err != nil {
					return d.errorf("%w", err)
				}
			}
		case "tag":
			if v.Tag, err = d.str(); err == nil {
				if err := checkTag(v.Tag); err != nil {
					return d.errorf("%w", err)
				}
			}
		default:
			err = d.skip()
		}
		return err
	})
	if err != nil {
		return v, err
	}
	if v.ResourceID == "" || v.Tag == "" {
		return v, d.errorf("a version tag needs resource-id and tag")
	}
	return v, nil
}

// dependentVersionTag reads the dependent-vtags of a cost map: exactly one, that
// of its network map (RFC 7285 section 11.2.3.6).
func (d *document) dependentVersionTag() (VersionTag, error) {
	var v VersionTag
	n := 0
	err := d.array(func() (err error) {
		n++
		v, err = d.versionTag()
		return err
	})
	if err == nil && n != 1 {
		err = d.errorf("want exactly one version tag, have %d", n)
	}
	return v, err
}

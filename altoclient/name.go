package altoclient

import "fmt"

const (
	maxName = 64 // characters, RFC 7285 sections 10.1 to 10.3
	maxTag  = 64
)

// checkName checks a PID name or a resource id (RFC 7285 sections 10.1, 10.2).
// It lets the reserved '.' pass, because real servers use it and it can do no
// harm. The empty name is refused: here it means "in no PID".
func checkName[S ~string | ~[]byte](name S) error {
	if len(name) == 0 || len(name) > maxName {
		return fmt.Errorf("name %.80q has %d characters, want 1 to %d", name, len(name), maxName)
	}
	for i := range len(name) {
		if !nameByte[name[i]] {
			return fmt.Errorf("name %q: only letters, digits and -:@_. are allowed", name)
		}
	}
	return nil
}

var nameByte = func() (ok [256]bool) {
	for c := range 256 {
		b := byte(c)
		ok[b] = 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9' ||
			b == '-' || b == ':' || b == '@' || b == '_' || b == '.'
	}
	return ok
}()

// checkTag checks the tag of a version tag (RFC 7285 section 10.3).
func checkTag(tag string) error {
	if tag == "" || len(tag) > maxTag {
		return fmt.Errorf("tag %.80q has %d characters, want 1 to %d", tag, len(tag), maxTag)
	}
	for i := range len(tag) {
		if tag[i] < 0x21 || tag[i] > 0x7e {
			return fmt.Errorf("tag %q: only the characters from ! to ~ are allowed", tag)
		}
	}
	return nil
}

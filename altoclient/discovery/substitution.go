package discovery

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
)

// Bounds on what the regexp field of a record may cost. On the wire it has at
// most 255 bytes; expressions of that length still may stand for programs of
// tens of thousands of instructions, and back references multiply what they copy.
const (
	maxExpression   = 255
	maxInstructions = 2000
	maxURI          = 2048
)

// substitution is the content of a regexp field (RFC 3402 section 3.2):
//
//	delim ere delim repl delim flags
type substitution struct {
	re   *regexp.Regexp
	repl []part
}

// part is some text or, if group is not 0, a back reference.
type part struct {
	text  string
	group int
}

// parseSubstitution reads a regexp field. Extended regular expressions of POSIX
// are taken for RE2's, which is a superset of them in practice and cannot be made
// to run for long.
func parseSubstitution(field string) (*substitution, error) {
	if len(field) > maxExpression {
		return nil, fmt.Errorf("regexp has %d bytes, want at most %d", len(field), maxExpression)
	}
	ere, repl, flags, err := split(field)
	if err != nil {
		return nil, err
	}
	switch flags {
	case "":
	case "i", "I":
		ere = "(?i)" + ere
	default:
		return nil, fmt.Errorf("regexp has flags %q, want none or i", flags)
	}
	s := new(substitution)
	if s.re, err = compile(ere); err != nil {
		return nil, err
	}
	s.repl, err = parseReplacement(repl, s.re.NumSubexp())
	return s, err
}

// split cuts a field at its delimiter, which is escaped where it stands for
// itself.
func split(field string) (ere, repl, flags string, err error) {
	if field == "" {
		return "", "", "", errors.New("regexp is empty")
	}
	delim := field[0]
	if delim == '\\' || delim == 'i' || delim == 'I' || delim >= '0' && delim <= '9' || delim < ' ' || delim > '~' {
		return "", "", "", fmt.Errorf("regexp begins with %q, which is no delimiter", delim)
	}
	var parts [3]strings.Builder
	at := 0
	for i := 1; i < len(field); i++ {
		switch c := field[i]; {
		case c == '\\' && i+1 < len(field):
			i++
			if field[i] != delim {
				parts[at].WriteByte('\\')
			}
			parts[at].WriteByte(field[i])
		case c == delim && at < 2:
			at++
		default:
			parts[at].WriteByte(c)
		}
	}
	if at < 2 {
		return "", "", "", fmt.Errorf("regexp has %d delimiters, want 3", at+1)
	}
	return parts[0].String(), parts[1].String(), parts[2].String(), nil
}

func compile(ere string) (*regexp.Regexp, error) {
	parsed, err := syntax.Parse(ere, syntax.Perl)
	if err != nil {
		return nil, fmt.Errorf("regexp: %w", err)
	}
	program, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return nil, fmt.Errorf("regexp: %w", err)
	}
	if len(program.Inst) > maxInstructions {
		return nil, fmt.Errorf("regexp makes a program of %d instructions, want at most %d", len(program.Inst), maxInstructions)
	}
	re, err := regexp.Compile(ere)
	if err != nil {
		return nil, fmt.Errorf("regexp: %w", err)
	}
	re.Longest()
	return re, nil
}

func parseReplacement(repl string, groups int) ([]part, error) {
	var parts []part
	text := ""
	for i := 0; i < len(repl); i++ {
		if repl[i] != '\\' || i+1 == len(repl) {
			text += repl[i : i+1]
			continue
		}
		i++
		c := repl[i]
		if c < '1' || c > '9' {
			text += repl[i : i+1]
			continue
		}
		group := int(c - '0')
		if group > groups {
			return nil, fmt.Errorf("regexp refers to group %d of %d", group, groups)
		}
		parts = append(parts, part{text: text}, part{group: group})
		text = ""
	}
	return append(parts, part{text: text}), nil
}

// apply returns the replacement for subject, whose groups it may use. What the
// expression does not match is no part of the result.
func (s *substitution) apply(subject string) (string, error) {
	at := s.re.FindStringSubmatchIndex(subject)
	if at == nil {
		return "", fmt.Errorf("regexp does not match %q", subject)
	}
	var b strings.Builder
	for _, p := range s.repl {
		b.WriteString(p.text)
		if from := at[2*p.group]; p.group > 0 && from >= 0 {
			b.WriteString(subject[from:at[2*p.group+1]])
		}
		if b.Len() > maxURI {
			return "", fmt.Errorf("regexp makes more than %d bytes", maxURI)
		}
	}
	return b.String(), nil
}

package accessdomain

import (
	"errors"
	"strings"
)

// token is a word of a lease database, one of ";", "{" and "}", or a string.
type token struct {
	text   string
	quoted bool
}

// leaseScanner cuts a lease database into tokens. Commas and comments are none.
type leaseScanner struct {
	text string // what is left
	err  error
}

const (
	leaseSpace = " \t\r\n,"
	leaseMarks = ";{}"
)

// next returns the next token; false means that there is none, or err.
func (s *leaseScanner) next() (token, bool) {
	for {
		s.text = strings.TrimLeft(s.text, leaseSpace)
		if !strings.HasPrefix(s.text, "#") {
			break
		}
		_, s.text, _ = strings.Cut(s.text, "\n")
	}
	switch {
	case s.text == "":
		return token{}, false
	case strings.ContainsRune(leaseMarks, rune(s.text[0])):
		return token{text: s.cut(1)}, true
	case s.text[0] == '"':
		return s.quoted()
	}
	end := strings.IndexAny(s.text, leaseSpace+leaseMarks+`"#`)
	if end < 0 {
		end = len(s.text)
	}
	return token{text: s.cut(end)}, true
}

func (s *leaseScanner) cut(n int) string {
	head := s.text[:n]
	s.text = s.text[n:]
	return head
}

// quoted reads a string, in which a backslash stands before a character or three
// octal digits.
func (s *leaseScanner) quoted() (token, bool) {
	var b strings.Builder
	for i := 1; i < len(s.text); i++ {
		switch c := s.text[i]; {
		case c == '"':
			s.text = s.text[i+1:]
			return token{text: b.String(), quoted: true}, true
		case c != '\\':
			b.WriteByte(c)
		case i+3 < len(s.text) && octal(s.text[i+1]) && octal(s.text[i+2]) && octal(s.text[i+3]):
			b.WriteByte((s.text[i+1]-'0')<<6 | (s.text[i+2]-'0')<<3 | s.text[i+3] - '0')
			i += 3
		case i+1 < len(s.text):
			i++
			b.WriteByte(s.text[i])
		}
	}
	s.err = errors.New("a string has no end")
	return token{}, false
}

func octal(c byte) bool { return c >= '0' && c <= '7' }

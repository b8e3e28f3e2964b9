package topo

import (
	"bytes"
	"fmt"
	"html"
	"strings"
)

type gmlKind uint8

const (
	gmlEnd gmlKind = iota
	gmlOpen
	gmlClose
	gmlWord // a key or number
	gmlString
)

type gmlToken struct {
	kind gmlKind
	text string
}

func (t gmlToken) String() string {
	if t.kind == gmlEnd {
		return "the end"
	}
	return fmt.Sprintf("%.80q", t.text)
}

// gmlScanner cuts GML into tokens.
type gmlScanner struct {
	text []byte
	line int // of the token read last
}

func (s *gmlScanner) next() (gmlToken, error) {
	s.skip()
	if len(s.text) == 0 {
		return gmlToken{}, nil
	}
	switch s.text[0] {
	case '[':
		return gmlToken{gmlOpen, s.take(1)}, nil
	case ']':
		return gmlToken{gmlClose, s.take(1)}, nil
	case '"':
		n := bytes.IndexByte(s.text[1:], '"')
		if n < 0 {
			return gmlToken{}, fmt.Errorf("a text is not closed")
		}
		quoted := s.take(n + 2)
		s.line += strings.Count(quoted, "\n")
		// GML is ASCII: all else is written as entities, like those of HTML.
		return gmlToken{gmlString, html.UnescapeString(quoted[1 : n+1])}, nil
	}
	n := bytes.IndexAny(s.text, " \t\r\n[]\"#")
	if n < 0 {
		n = len(s.text)
	}
	return gmlToken{gmlWord, s.take(n)}, nil
}

func (s *gmlScanner) take(n int) string {
	taken := string(s.text[:n])
	s.text = s.text[n:]
	return taken
}

// skip passes white space and comments, which go from # to the end of the line.
func (s *gmlScanner) skip() {
	for len(s.text) > 0 {
		switch s.text[0] {
		case '\n':
			s.line++
		case ' ', '\t', '\r':
		case '#':
			if n := bytes.IndexByte(s.text, '\n'); n >= 0 {
				s.text = s.text[n:]
			} else {
				s.text = nil
			}
			continue
		default:
			return
		}
		s.text = s.text[1:]
	}
}

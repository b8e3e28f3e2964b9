package discovery

import (
	"regexp/syntax"
	"slices"
	"strings"
	"testing"
)

func TestSubstitution(t *testing.T) {
	for _, tt := range []struct{ field, subject, want string }{
		{"!.*!https://alto.example.net/ird!", "example.net", "https://alto.example.net/ird"},
		{"/.*/https:\\/\\/alto.example.net\\/ird/", "example.net", "https://alto.example.net/ird"},
		{"!^(.*)$!https://alto.\\1/ird!", "example.net", "https://alto.example.net/ird"},
		{"!([a-z]+)\\.(net|org)!https://\\2.\\1.example/!", "example.net", "https://net.example.example/"},
		{"!EXAMPLE!https://a.example/!i", "example.net", "https://a.example/"},
		{"!(x)?example!https://a.example/\\1!", "example.net", "https://a.example/"},
		{"!a|ab|abc!https://a.example/!", "abc", "https://a.example/"},
		{"!(a|ab)(c|bcd)!\\1-\\2!", "abcd", "a-bcd"}, // leftmost, longest
		{"!.*!https://a.example/\\!x!", "n", "https://a.example/!x"},
		{"!.*!https://a.example/\\\\x!", "n", "https://a.example/\\x"},
	} {
		s, err := parseSubstitution(tt.field)
		if err != nil {
			t.Errorf("%s: %v", tt.field, err)
			continue
		}
		if got, err := s.apply(tt.subject); got != tt.want || err != nil {
			t.Errorf("%s of %s: %q (%v), want %q", tt.field, tt.subject, got, err, tt.want)
		}
	}
}

func TestSubstitutionRefusals(t *testing.T) {
	for field, want := range map[string]string{
		"":                             "empty",
		"!.*!https://a/":               "delimiters",
		"!.*":                          "delimiters",
		"!":                            "delimiters",
		"!.*!a!x":                      "flags",
		"!.*!a!ii":                     "flags",
		"1.*1a1":                       "no delimiter",
		"i.*iai":                       "no delimiter",
		"\\.*\\a\\":                    "no delimiter",
		"\x00.*\x00a\x00":              "no delimiter",
		"!(!a!":                        "regexp",
		"!a{3,2}!a!":                   "regexp",
		"!(?=a)!a!":                    "regexp",
		"!(a)!\\2!":                    "group 2 of 1",
		"!((a{100}){100}){100}!a!":     "regexp",
		"!a{1000}b{1000}c{1000}!a!":    "instructions",
		"!" + strings.Repeat("a", 300): "bytes",
	} {
		if _, err := parseSubstitution(field); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %v, want something of %q", field, err, want)
		}
	}
	s, err := parseSubstitution("!(.*)!" + strings.Repeat("\\1", 100) + "!")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.apply(strings.Repeat("a", 200)); err == nil {
		t.Error("back references may make more than the limit")
	}
	s, err = parseSubstitution("!q!y!")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.apply("example.net"); err == nil {
		t.Error("an expression that does not match gives something")
	}
}

// TestMaliciousExpressionsAreBounded: RE2 takes a step for each instruction and byte at
// most. Others would not come back from these in a lifetime.
func TestMaliciousExpressionsAreBounded(t *testing.T) {
	subject := strings.Repeat("a", 253)
	for ere, refused := range map[string]bool{
		"(a+)+$": false, "(a|aa)+$": false, "(.*)*b": false, "([a-zA-Z]+)*x": false, "(a*)*(a*)*(a*)*c": false,
		strings.Repeat("a?", 60) + strings.Repeat("a", 60): false, "(x+x+)+y": false, "((a{0,9}){0,9}){0,9}b": false,
		strings.Repeat("(", 100) + strings.Repeat(")", 100): false, "[^\\pL\\pN]{900}": false,
		"((a?){0,20}){0,20}b": true, "(\\pL{50}){50}": true, "(((a{9}){9}){9}){9}": true, "a{1001}": true,
	} {
		s, err := parseSubstitution("!" + ere + "!https://a.example/!")
		if (err != nil) != refused {
			t.Errorf("%.30s: %v", ere, err)
		}
		if err != nil {
			continue
		}
		parsed, err := syntax.Parse(s.re.String(), syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		if program, err := syntax.Compile(parsed.Simplify()); err != nil || len(program.Inst) > maxInstructions {
			t.Errorf("%.30s: %d instructions, %v", ere, len(program.Inst), err)
		}
		_, _ = s.apply(subject)
	}
}

func FuzzSubstitution(f *testing.F) {
	for _, field := range []string{
		"!.*!https://alto.example.net/ird!", "/(.*)/\\1/i", "!(a(b)?)!\\2\\1\\\\!", "!a{1000}!b!", "", "\\", "!!!", "!\\!!\\!!i", "!(?i)a!\\9!",
	} {
		f.Add(field, "3.100.51.198.in-addr.arpa")
	}
	f.Fuzz(func(t *testing.T, field, subject string) {
		s, err := parseSubstitution(field)
		if err != nil {
			return
		}
		if len(field) > maxExpression {
			t.Errorf("%d bytes pass", len(field))
		}
		got, err := s.apply(subject)
		if err == nil && len(got) > maxURI {
			t.Errorf("%d bytes come out", len(got))
		}
		for _, protocol := range []string{protocolHTTPS, protocolHTTP} {
			uri, err := Record{Regexp: field}.uri(subject, protocol)
			if err == nil && !strings.HasPrefix(uri, protocol+"://") {
				t.Errorf("%q passes for a URI of %s", uri, protocol)
			}
		}
	})
}

func TestRulesAreSortedAndChosen(t *testing.T) {
	good := Record{Flags: "u", Service: "ALTO:https", Regexp: "!.*!https://a/!", Replacement: "."}
	with := func(order, preference uint16, change func(*Record)) Record {
		r := good
		r.Order, r.Preference = order, preference
		if change != nil {
			change(&r)
		}
		return r
	}
	for name, change := range map[string]func(*Record){
		"another flag":               func(r *Record) { r.Flags = "s" },
		"an unknown flag":            func(r *Record) { r.Flags = "x" },
		"two flags":                  func(r *Record) { r.Flags = "us" },
		"another service":            func(r *Record) { r.Service = "E2U+sip" },
		"another protocol":           func(r *Record) { r.Service = "ALTO:gopher" },
		"http where only https goes": func(r *Record) { r.Service = "ALTO:http" },
		"no protocol":                func(r *Record) { r.Service = "ALTO" },
		"both fields":                func(r *Record) { r.Replacement = "a.example." },
		"neither field":              func(r *Record) { r.Regexp = "" },
		"no flag and a regexp":       func(r *Record) { r.Flags = "" },
		"no flag, nowhere to go":     func(r *Record) { r.Flags, r.Regexp = "", "" },
	} {
		if got := rules([]Record{with(1, 1, change)}, protocolHTTPS); len(got) != 0 {
			t.Errorf("%s: usable", name)
		}
	}
	for name, change := range map[string]func(*Record){
		"as it is":           nil,
		"upper-case flag":    func(r *Record) { r.Flags = "U" },
		"lower-case service": func(r *Record) { r.Service = "alto:HTTPS" },
		"several protocols":  func(r *Record) { r.Service = "ALTO:http:https" },
		"to another name":    func(r *Record) { r.Flags, r.Regexp, r.Replacement = "", "", "a.example." },
	} {
		if got := rules([]Record{with(1, 1, change)}, protocolHTTPS); len(got) != 1 {
			t.Errorf("%s: not usable", name)
		}
	}
	var got []uint16
	for _, r := range rules([]Record{with(2, 1, nil), with(1, 9, nil), with(1, 3, nil), with(0, 50, nil)}, protocolHTTPS) {
		got = append(got, r.Order*100+r.Preference)
	}
	if want := []uint16{50, 103, 109, 201}; !slices.Equal(got, want) {
		t.Errorf("order %v, want %v", got, want)
	}
}

func TestURIsAreChecked(t *testing.T) {
	for text, ok := range map[string]bool{
		"https://alto.example.net/ird":     true,
		"https://[2001:db8::1]:8443/":      true,
		"HTTPS://ALTO.example.net/ird#top": true,
		"http://alto.example.net/ird":      false,
		"https:///ird":                     false,
		"https:alto":                       false,
		"https://user:pw@alto.example/":    false,
		"https://a%00b.example/":           false,
		"https://a b.example/":             false,
		"https://\x7f.example/":            false,
		"ftp://alto.example.net/":          false,
		"alto.example.net":                 false,
	} {
		got, err := Record{Regexp: "!.*!" + text + "!"}.uri("example.net.", protocolHTTPS)
		if (err == nil) != ok {
			t.Errorf("%s: %q, %v", text, got, err)
		}
		if ok && (!strings.HasPrefix(got, "https://") || strings.Contains(got, "#") || strings.Contains(got, "ALTO")) {
			t.Errorf("%s becomes %s", text, got)
		}
	}
}

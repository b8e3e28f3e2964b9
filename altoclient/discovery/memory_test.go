package discovery

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func someMemory() []remembered {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	return []remembered{
		{
			Prefix: netip.MustParsePrefix("198.51.100.0/24"), Found: "100.51.198.in-addr.arpa.",
			URIs: []string{"https://a.example/ird?x=1&y=2", "http://b.example:8080/"}, At: 1, Name: "discovered:b.example:8080#2", Confirmed: at, Expires: at.Add(time.Hour),
		},
		{
			Prefix: netip.MustParsePrefix("2001:db8::/32"), Found: "8.b.d.0.1.0.0.2.ip6.arpa.",
			URIs: []string{"https://a.example/"}, Name: "discovered:a.example", Confirmed: at, Expires: at.Add(time.Minute),
		},
		{Found: "example.net.", URIs: []string{"https://a.example/"}, Name: "discovered:a.example", Confirmed: at, Expires: at.Add(time.Second)},
	}
}

func memoryText(t testing.TB, list []remembered) string {
	t.Helper()
	text, err := appendMemory(nil, list)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestMemoryIsReadAsItWasWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "discovered", "servers")
	if list, err := readMemory(path); list != nil || err != nil {
		t.Errorf("nothing was kept: %v, %v", list, err)
	}
	for _, want := range [][]remembered{someMemory(), nil, someMemory()[:1]} {
		if err := writeMemory(path, want); err != nil {
			t.Fatal(err)
		}
		if got, err := readMemory(path); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%+v, %v\nwant %+v", got, err, want)
		}
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Errorf("%v are left, %v", left, err)
	}
}

func TestMemoryRefusals(t *testing.T) {
	for want, change := range map[string]func(*remembered){
		"want at least /8":                 func(m *remembered) { m.Prefix = netip.MustParsePrefix("0.0.0.0/0") },
		"servers are looked":               func(m *remembered) { m.Prefix = netip.MustParsePrefix("198.51.100.0/25") },
		"prefix 198.51.100.1/24: want one": func(m *remembered) { m.Prefix = netip.MustParsePrefix("198.51.100.1/24") },
		"fully qualified":                  func(m *remembered) { m.Found = "Example.NET" },
		"2 of 2":                           func(m *remembered) { m.At = 2 },
		"-1 of 2":                          func(m *remembered) { m.At = -1 },
		"0 of 9":                           func(m *remembered) { m.At, m.URIs = 0, slices.Repeat(m.URIs[:1], 9) },
		"credentials":                      func(m *remembered) { m.URIs[0] = "https://me:secret@a.example/" },
		"want a URI of https":              func(m *remembered) { m.URIs[0] = "ftp://a.example/" },
		"no name of a source":              func(m *remembered) { m.Name = "lab" },
		"0 of 0":                           func(m *remembered) { m.At, m.URIs = 0, nil },
	} {
		list := someMemory()
		change(&list[0])
		if _, err := parseMemory([]byte(memoryText(t, list))); err == nil || !strings.Contains(err.Error(), "line 2: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want something of %q", err, want)
		}
	}
	good := memoryText(t, someMemory())
	for want, text := range map[string]string{
		"does not begin": strings.Replace(good, "discovery 1", "discovery 2", 1),
		"checksum":       strings.Replace(good, "b.example", "c.example", 1),
		`begin with "`:   "",
	} {
		if _, err := parseMemory([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want something of %q", err, want)
		}
	}
}

func TestDamagedMemoryIsPutAside(t *testing.T) {
	path := filepath.Join(t.TempDir(), "servers")
	for _, text := range []string{"damaged", strings.Repeat("x", maxMemory+10)} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		list, err := readMemory(path)
		if list != nil || err == nil || !strings.Contains(err.Error(), path+".damaged") {
			t.Errorf("%v, %v", list, err)
		}
		if kept, err := os.ReadFile(path + ".damaged"); err != nil || string(kept) != text {
			t.Errorf("%.10q is kept, %v", kept, err)
		}
		if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
			t.Error(err)
		}
	}
}

func TestMemoryIsBounded(t *testing.T) {
	var list []remembered
	long := strings.Repeat("x", maxURI-100)
	for i := range maxClaims {
		m := someMemory()[0]
		m.URIs, m.At, m.Name = nil, 0, "discovered:a.example"
		for j := range maxURIs {
			m.URIs = append(m.URIs, fmt.Sprintf("https://a.example/%d/%d/%s", i, j, long))
		}
		list = append(list, m)
	}
	text := memoryText(t, list)
	got, err := parseMemory([]byte(text))
	if len(text) > maxMemory || err != nil || len(got) < maxMemory/20000 || !reflect.DeepEqual(got, list[:len(got)]) {
		t.Errorf("%d bytes, %d entries, %v", len(text), len(got), err)
	}
}

func FuzzMemory(f *testing.F) {
	f.Add([]byte(memoryText(f, someMemory())), false)
	f.Add([]byte(memoryText(f, nil)), false)
	f.Add([]byte(`{"prefix":"198.51.100.0/24","found":"a.","uris":["https://a/"],"name":"discovered:a","confirmed":"2026-01-01T00:00:00Z","expires":"2026-01-01T00:00:00Z"}`+"\n"), true)
	f.Fuzz(func(t *testing.T, text []byte, sum bool) {
		if sum { // else nothing comes past the checksum
			text = appendChecksummed(nil, text)
		}
		list, err := parseMemory(text)
		if err != nil {
			return
		}
		for _, m := range list {
			if len(m.URIs) == 0 || m.Prefix.IsValid() && m.Prefix.Bits() < 8 {
				t.Errorf("%+v passes", m)
			}
		}
		again, err := parseMemory([]byte(memoryText(t, list)))
		if err != nil || len(again) != len(list) {
			t.Errorf("%+v cannot be read again: %v", list, err)
		}
	})
}

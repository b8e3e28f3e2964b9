package httploop

import (
	"strings"
	"testing"
	"unsafe"
)

func TestLinesReadOfLateAreReadAgain(t *testing.T) {
	var h head
	p := parser{paths: testPaths}
	kinds := []struct {
		text   string
		closes bool
	}{
		{"GET /announce?a HTTP/1.1\r\nHost: x\r\n\r\n", false},
		{"GET /announce?a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", true},
		{"GET /announce?a HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\n\r\n", false},
		{"GET /announce?a HTTP/1.0\r\nHost: x\r\nConnection: keep-alive\r\n\r\n", false}, // the same lines
		{"GET /announce?a HTTP/1.0\r\nHost: x\r\n\r\n", true},
		{"GET /announce?a HTTP/1.0\r\n\r\n", true}, // none at all
	}
	for range 3 {
		for _, k := range kinds {
			for _, behind := range []string{"", "\r\n", k.text, "GET "} {
				if v := p.parse(&h, []byte(k.text+behind)); v != whole || h.closes != k.closes || h.length != len(k.text) {
					t.Errorf("%q: verdict %d, %+v", k.text+behind, v, h)
				}
			}
		}
	}
	if v := p.parse(&h, []byte("GET /announce?a HTTP/1.1\r\n\r\n")); v != foreign {
		t.Errorf("no host, after a request of HTTP/1.0 without one: verdict %d", v)
	}
	for _, k := range kinds {
		for n := range k.text {
			if v := p.parse(&h, []byte(k.text[:n])); v != partial {
				t.Errorf("%q: verdict %d", k.text[:n], v)
			}
		}
	}
}

func TestWhatIsRememberedIsBounded(t *testing.T) {
	var h head
	p := parser{paths: testPaths}
	for n := range 4000 {
		text := "GET /announce HTTP/1.1\r\nHost: x\r\nUser-Agent: " + strings.Repeat("u", n) + "\r\n\r\n"
		if v := p.parse(&h, []byte(text)); v != whole {
			t.Fatalf("verdict %d", v)
		}
	}
	size := unsafe.Sizeof(p.recent)
	for _, k := range p.recent.blocks {
		size += uintptr(cap(k.text))
	}
	if size > 64<<10 {
		t.Errorf("%d bytes are remembered", size)
	}
}

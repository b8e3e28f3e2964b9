package main

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// certified writes a certificate for 127.0.0.1 with its key, and returns a client
// that trusts it.
func certified(t *testing.T, dir string) *http.Client {
	t.Helper()
	s := httptest.NewUnstartedServer(nil)
	s.EnableHTTP2 = true
	s.StartTLS()
	defer s.Close()
	own := s.TLS.Certificates[0]
	key, err := x509.MarshalPKCS8PrivateKey(own.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{
		"cert.pem": {Type: "CERTIFICATE", Bytes: own.Certificate[0]},
		"key.pem":  {Type: "PRIVATE KEY", Bytes: key},
	} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return s.Client()
}

func TestAnnouncesOverHTTPS(t *testing.T) {
	dir := t.TempDir()
	client := certified(t, dir)
	r := serve(t, fmt.Sprintf("https: {listen: '127.0.0.1:0', cert: '%[1]s/cert.pem', key: '%[1]s/key.pem'}", dir))
	at := regexp.MustCompile(`over HTTPS" address=(\S+)`).FindStringSubmatch(r.log.String())
	if at == nil {
		t.Fatalf("no address in the log:\n%s", r.log)
	}
	resp, err := client.Get("https://" + at[1] + "/announce?left=1&port=1&peer_id=" + strings.Repeat("p", 20) + "&info_hash=" + strings.Repeat("h", 20))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.ProtoMajor != 2 || !strings.Contains(string(body), "10:incompletei1e") {
		t.Errorf("%s, %q, %v", resp.Proto, body, err)
	}
	metrics, err := http.Get("http://" + r.admin + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer metrics.Body.Close()
	text, _ := io.ReadAll(metrics.Body)
	for _, want := range []string{
		`altracker_frontend_requests_total{protocol="https",result="announce"} 1`,
		`altracker_frontend_requests_total{protocol="http",result="announce"} 0`,
		`altracker_http_connections_total{protocol="https",result="handed_on"} 1`,
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %s", want)
		}
	}
}

func TestHTTPSWithoutItsFilesIsAFailure(t *testing.T) {
	file := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(file, []byte("https: {listen: '127.0.0.1:0', cert: none.pem, key: none.pem}"), 0o600); err != nil {
		t.Fatal(err)
	}
	var log output
	code := run(environment{t.Context(), io.Discard, &log}, []string{"serve", "--config", file, "--http", "", "--udp", "", "--admin", ""})
	if code != 1 || !strings.Contains(log.String(), "none.pem") {
		t.Errorf("exit code %d:\n%s", code, log.String())
	}
}

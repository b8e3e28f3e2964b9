package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/altracker/altracker/altoclient"
	"github.com/altracker/altracker/altoclient/altotest"
	"github.com/altracker/altracker/cmd/altracker/config"
)

func writeFile(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestSourcesSayWhoTheyAre has a server that wants TLS, a client certificate and
// a password.
func TestSourcesSayWhoTheyAre(t *testing.T) {
	server, err := altotest.NewServer([]byte(`{"network-map":{"a":{"ipv4":["127.0.0.0/8"]}}}`))
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewUnstartedServer(altotest.RequireDigest("tracker", "secret", false, server))
	web.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert}
	web.StartTLS()
	defer web.Close()
	key, err := x509.MarshalPKCS8PrivateKey(web.TLS.Certificates[0].PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	certificate := writeFile(t, "cert.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: web.Certificate().Raw}))
	g, err := newGuidance([]config.Source{{
		Name: "closed", Directory: web.URL + "/directory",
		Username: "tracker", PasswordFile: writeFile(t, "password", []byte("secret\n")),
		CAFile: certificate, ClientCert: certificate,
		ClientKey: writeFile(t, "key.pem", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})),
	}}, "", slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer g.close()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- g.Run(ctx) }()
	select {
	case <-g.Ready():
	case <-time.After(patience):
		t.Fatal("not ready")
	}
	if status := g.Sources()[0]; status.State != altoclient.StateOK || status.PIDs != 1 {
		t.Errorf("status is %+v", status)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestIdentityFilesAreCheckedAtTheStart(t *testing.T) {
	nothing := writeFile(t, "nothing.pem", nil)
	for want, s := range map[string]config.Source{
		"password_file":              {PasswordFile: "no/such/file"},
		"ca_file: open":              {CAFile: "no/such/file"},
		"has no certificate":         {CAFile: nothing},
		"client_cert and client_key": {ClientCert: nothing, ClientKey: nothing},
	} {
		s.Name, s.Directory = "closed", "https://me:secret@alto.example.net/directory"
		_, err := newGuidance([]config.Source{s}, "", slog.New(slog.NewTextHandler(io.Discard, nil)))
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), `"closed"`) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%v, want an error with %q", err, want)
		}
	}
}

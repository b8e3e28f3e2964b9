package certfile

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// pair returns a certificate for a name, signed by itself, and its key.
func pair(t *testing.T, name string) (cert, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER})
}

func write(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func name(t *testing.T, k *Keeper) string {
	t.Helper()
	c, err := k.Get(nil)
	if err != nil {
		t.Fatal(err)
	}
	return c.Leaf.Subject.CommonName
}

func TestTheCertificateFollowsItsFiles(t *testing.T) {
	dir := t.TempDir()
	cfg := Config{Cert: filepath.Join(dir, "cert.pem"), Key: filepath.Join(dir, "key.pem")}
	var log bytes.Buffer
	cfg.Log = slog.New(slog.NewTextHandler(&log, nil))
	oldCert, oldKey := pair(t, "old")
	newCert, newKey := pair(t, "new")
	write(t, cfg.Cert, oldCert)
	write(t, cfg.Key, oldKey)
	k, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		name string
		do   func()
		want string
		log  string // which the log gains
	}{
		{"nothing happens", func() {}, "old", ""},
		{"half of a renewal", func() { write(t, cfg.Cert, newCert) }, "old", "certificate not renewed"},
		{"still", func() {}, "old", ""},
		{"the other half", func() { write(t, cfg.Key, newKey) }, "new", "certificate renewed"},
		{"rubbish", func() { write(t, cfg.Cert, []byte("rubbish")) }, "new", "certificate not renewed"},
		{"mended", func() { write(t, cfg.Cert, newCert) }, "new", ""},
		{"a file is gone", func() { os.Remove(cfg.Key) }, "new", "key.pem"},
		{"another pair", func() { write(t, cfg.Cert, oldCert); write(t, cfg.Key, oldKey) }, "old", "certificate renewed"},
	} {
		log.Reset()
		step.do()
		k.refresh()
		if got := name(t, k); got != step.want || (step.log == "") != (log.Len() == 0) || !strings.Contains(log.String(), step.log) {
			t.Errorf("%s: certificate of %s, log %q", step.name, got, log.String())
		}
	}
}

func TestRunLooks(t *testing.T) {
	dir := t.TempDir()
	cfg := Config{Cert: filepath.Join(dir, "cert.pem"), Key: filepath.Join(dir, "key.pem"), Period: time.Millisecond, Log: slog.New(slog.DiscardHandler)}
	cert, key := pair(t, "old")
	write(t, cfg.Cert, cert)
	write(t, cfg.Key, key)
	k, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- k.Run(ctx) }()
	cert, key = pair(t, "new")
	write(t, cfg.Cert, cert)
	write(t, cfg.Key, key)
	for name(t, k) != "new" && ctx.Err() == nil {
		time.Sleep(time.Millisecond)
	}
	if ctx.Err() != nil {
		t.Error("the new certificate is not found")
	}
	cancel()
	if err := <-done; err != nil {
		t.Errorf("Run: %v", err)
	}
}

func TestNewNamesWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	good, bad := filepath.Join(dir, "good.pem"), filepath.Join(dir, "bad.pem")
	cert, _ := pair(t, "x")
	write(t, good, cert)
	write(t, bad, []byte("rubbish"))
	for _, c := range []struct {
		config Config
		want   string
	}{
		{Config{Cert: good}, "Config.Key"},
		{Config{Key: good}, "Config.Cert"},
		{Config{Cert: filepath.Join(dir, "none.pem"), Key: good}, "none.pem"},
		{Config{Cert: good, Key: filepath.Join(dir, "none.pem")}, "none.pem"},
		{Config{Cert: bad, Key: good}, "bad.pem"},
		{Config{Cert: good, Key: bad}, "bad.pem"},
	} {
		if _, err := New(c.config); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %s", c.config, err, c.want)
		}
	}
}

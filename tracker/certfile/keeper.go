// Package certfile keeps a TLS certificate in step with its files, so that one that
// is renewed is in use without a restart.
//
//	keeper, err := certfile.New(certfile.Config{Cert: "cert.pem", Key: "key.pem"})
//	if err != nil {
//		return err
//	}
//	server.TLSConfig = &tls.Config{GetCertificate: keeper.Get}
//	return keeper.Run(ctx)
package certfile

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"time"
)

// DefaultPeriod is how often the files are looked at. Programs that renew
// certificates do so weeks before they expire.
const DefaultPeriod = 10 * time.Second

// Config says which certificate to keep.
type Config struct {
	// Cert and Key are PEM files: the certificate with those that lead to its
	// authority behind it, and its private key. Required.
	Cert, Key string

	// Period is how often the files are looked at. Zero: DefaultPeriod.
	Period time.Duration

	// Log is told of every change, and of files that are not fit for use. Zero:
	// slog.Default().
	Log *slog.Logger
}

// Keeper has the certificate that was last found in its files. A pair of files that
// is not fit for use, as in the middle of a renewal, changes nothing.
type Keeper struct {
	config  Config
	current atomic.Pointer[tls.Certificate]

	// Owned by Run: what the files held when they were last looked at.
	cert, key []byte
	failed    bool
}

// New reads the certificate. The error names the file.
func New(c Config) (*Keeper, error) {
	if c.Cert == "" || c.Key == "" {
		return nil, errors.New("certfile: Config.Cert and Config.Key: want both")
	}
	if c.Period == 0 {
		c.Period = DefaultPeriod
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	k := &Keeper{config: c}
	if _, err := k.look(); err != nil {
		return nil, err
	}
	return k, nil
}

// Get returns the certificate; it is a [tls.Config.GetCertificate].
func (k *Keeper) Get(*tls.ClientHelloInfo) (*tls.Certificate, error) { return k.current.Load(), nil }

// Run looks at the files now and then until ctx is done.
func (k *Keeper) Run(ctx context.Context) error {
	ticker := time.NewTicker(k.config.Period)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			k.refresh()
		}
	}
}

// refresh looks at the files and tells the log what is new.
func (k *Keeper) refresh() {
	changed, err := k.look()
	switch {
	case err != nil && !k.failed:
		k.config.Log.Warn("certificate not renewed, the last one stays", "error", err)
	case changed:
		k.config.Log.Info("certificate renewed", "file", k.config.Cert, "expires", k.current.Load().Leaf.NotAfter)
	}
	k.failed = err != nil
}

// look reads the files, which are small, and takes their certificate if it is
// another one than the last time. Contents are compared, not times: files that are
// replaced by renaming, or over a symbolic link, may be older than those before.
func (k *Keeper) look() (changed bool, err error) {
	cert, err := os.ReadFile(k.config.Cert)
	if err != nil {
		return false, fmt.Errorf("certfile: %w", err)
	}
	key, err := os.ReadFile(k.config.Key)
	if err != nil {
		return false, fmt.Errorf("certfile: %w", err)
	}
	if bytes.Equal(cert, k.cert) && bytes.Equal(key, k.key) {
		return false, nil
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return false, fmt.Errorf("certfile: %s and %s: %w", k.config.Cert, k.config.Key, err)
	}
	k.cert, k.key = cert, key
	k.current.Store(&pair)
	return true, nil
}

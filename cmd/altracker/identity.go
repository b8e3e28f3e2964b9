package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/altracker/altracker/altoclient"
	"github.com/altracker/altracker/cmd/altracker/config"
)

// altoConfig returns how to talk to the server of s: the credentials and
// authorities of one source are never used for another. Files are read here, at
// the start.
func altoConfig(s config.Source) (altoclient.Config, error) {
	c := altoclient.Config{UserAgent: "altracker/" + version, Timeout: fetchTimeout, Rest: fetchRest}
	server, err := url.Parse(s.Directory)
	if err != nil {
		return c, fmt.Errorf("source %q: directory is not a URL", s.Name)
	}
	who := altoclient.Credentials{Server: server, Username: s.Username, Password: s.Password}
	if s.PasswordFile != "" {
		text, err := os.ReadFile(s.PasswordFile)
		if err != nil {
			return c, fmt.Errorf("source %q: password_file: %w", s.Name, err)
		}
		who.Password = strings.TrimRight(string(text), "\r\n")
	}
	if s.ClientCert != "" {
		certificate, err := tls.LoadX509KeyPair(s.ClientCert, s.ClientKey)
		if err != nil {
			return c, fmt.Errorf("source %q: client_cert and client_key: %w", s.Name, err)
		}
		who.Certificate = &certificate
	}
	if who.Username != "" || who.Certificate != nil {
		c.Credentials = []altoclient.Credentials{who}
	}
	if s.CAFile != "" {
		text, err := os.ReadFile(s.CAFile)
		if err != nil {
			return c, fmt.Errorf("source %q: ca_file: %w", s.Name, err)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(text) {
			return c, fmt.Errorf("source %q: ca_file: %s has no certificate in PEM form", s.Name, s.CAFile)
		}
	}
	return c, nil
}

// withoutPassword is for URLs that are shown.
func withoutPassword(uri string) string {
	u, err := url.Parse(uri)
	if err != nil {
		return "(not a URL)"
	}
	return u.Redacted()
}

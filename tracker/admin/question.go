package admin

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/altracker/altracker/selector"
	"github.com/altracker/altracker/tracker"
	"github.com/altracker/altracker/tracker/swarm"
)

// question is a query of /api/v1/explain.
type question struct {
	tracker.Question
	policy string // the name of Question.Policy
}

// parseQuestion reads a query. A key that is unknown is refused, so that nobody
// takes the answer to another question for the answer to theirs.
func (s *Server) parseQuestion(query string) (question, error) {
	q := question{tracker.Question{NumWant: -1}, s.config.Policy}
	values, err := url.ParseQuery(query)
	if err != nil {
		return q, badParameter("query", "%v", err)
	}
	for _, key := range []string{"info_hash", "ip"} {
		if !values.Has(key) {
			return q, badParameter(key, "missing")
		}
	}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		if n := len(values[key]); n > 1 {
			return q, badParameter(key, "given %d times", n)
		}
		if err := q.set(key, values.Get(key)); err != nil {
			return q, badParameter(key, "%v", err)
		}
	}
	return q, nil
}

func (q *question) set(key, value string) (err error) {
	switch key {
	case "info_hash":
		q.InfoHash, err = parseInfoHash(value)
	case "ip":
		q.IP, err = parseIP(value)
	case "numwant":
		q.NumWant, err = parseNumWant(value)
	case "left":
		q.Seeder, err = parseLeft(value)
	case "policy":
		err = q.choose(value)
	default:
		err = errors.New("unknown; want info_hash, ip, numwant, policy or left")
	}
	return err
}

// choose makes q ask for a policy. The one in force comes with its configured
// options, which the tracker knows; any other with its defaults.
func (q *question) choose(name string) error {
	if name == q.policy {
		return nil
	}
	p, err := selector.New(name, nil)
	if err != nil {
		return fmt.Errorf("%.50q: want one of %s", name, strings.Join(selector.Names(), ", "))
	}
	q.Policy, q.policy = p, name
	return nil
}

func parseInfoHash(s string) (swarm.InfoHash, error) {
	h, err := swarm.ParseInfoHash(s)
	if err != nil {
		return h, fmt.Errorf("%.50q: want 40 hexadecimal digits", s)
	}
	return h, nil
}

func parseIP(s string) (netip.Addr, error) {
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" {
		return a, fmt.Errorf("%.50q: want an IPv4 or IPv6 address, without a zone", s)
	}
	return a.Unmap(), nil
}

func parseNumWant(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%.50q: want a whole number, 0 or more", s)
	}
	return n, nil
}

func parseLeft(s string) (seeder bool, err error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return false, fmt.Errorf("%.50q: want a whole number of bytes, 0 for a seeder", s)
	}
	return n == 0, nil
}

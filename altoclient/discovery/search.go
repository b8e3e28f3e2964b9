package discovery

import (
	"context"
	"errors"
	"strings"
	"time"
)

// Bounds on one search. A record without flags sends it to another name.
const (
	maxDepth   = 4 // names from the first to the last
	maxLookups = 8 // of one search, side ways included
	maxURIs    = 8
)

// search is one run of the DDDS algorithm (RFC 3402 section 3) for the name that
// it begins at. It goes back and takes the next record where one leads nowhere
// (RFC 3958).
type search struct {
	finder  *Finder
	ctx     context.Context
	name    string
	lookups int
	missing bool          // the first name does not exist
	ttl     time.Duration // of what ends first; negative: nothing has said so
	trail   []string      // names from the first to the current one
}

var (
	errLoop = errors.New("the records lead in a circle")
	errFar  = errors.New("the records lead too far")
)

// follow returns the URIs that the records of name lead to.
func (s *search) follow(name string, depth int) ([]string, error) {
	for _, before := range s.trail {
		if strings.EqualFold(before, name) {
			return nil, &LookupError{Name: name, Err: errLoop}
		}
	}
	if depth == maxDepth || s.lookups == maxLookups {
		return nil, &LookupError{Name: name, Err: errFar}
	}
	s.trail = append(s.trail, name)
	defer func() { s.trail = s.trail[:len(s.trail)-1] }()

	answer, err := s.ask(name)
	if err != nil {
		return nil, err
	}
	if depth == 0 {
		s.missing = answer.Missing
	}
	for _, protocol := range s.finder.protocols {
		uris, failure := s.apply(rules(answer.Records, protocol), protocol, depth)
		if len(uris) > 0 {
			return uris, nil
		}
		err = worse(err, failure)
	}
	return nil, err
}

func (s *search) ask(name string) (Answer, error) {
	s.lookups++
	if err := s.finder.limiter.Wait(s.ctx); err != nil {
		return Answer{}, err
	}
	s.finder.counts.asked.Add(1)
	answer, err := s.finder.config.Resolver.Records(s.ctx, name)
	if err != nil {
		s.finder.counts.failed.Add(1)
		return answer, err
	}
	if answer.TTL >= 0 && (s.ttl < 0 || answer.TTL < s.ttl) {
		s.ttl = answer.TTL
	}
	return answer, nil
}

// apply tries the rules in their order. Once one has led to a URI, those of a
// higher order do not count (RFC 3403 section 4.1).
func (s *search) apply(list []Record, protocol string, depth int) ([]string, error) {
	var uris []string
	var failure error
	for i, r := range list {
		if i > 0 && r.Order != list[i-1].Order && len(uris) > 0 || len(uris) >= maxURIs {
			break
		}
		found, err := s.one(r, protocol, depth)
		failure = worse(failure, err)
		uris = appendNew(uris, found)
	}
	return uris, failure
}

func (s *search) one(r Record, protocol string, depth int) ([]string, error) {
	if !r.terminal() {
		return s.follow(qualified(r.Replacement), depth+1)
	}
	uri, err := r.uri(s.name, protocol)
	if err != nil {
		s.finder.counts.refused.Add(1)
		return nil, &LookupError{Name: s.name, Err: err}
	}
	return []string{uri}, nil
}

func appendNew(list, more []string) []string {
next:
	for _, m := range more {
		for _, have := range list {
			if have == m {
				continue next
			}
		}
		list = append(list, m)
	}
	return list
}

// worse returns the error that there is more to do about: the passing one.
func worse(a, b error) error {
	if a == nil || b != nil && Temporary(b) && !Temporary(a) {
		return b
	}
	return a
}

func qualified(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) + "." }

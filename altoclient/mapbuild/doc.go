// Package mapbuild makes the network map and the cost map of RFC 7285 where no
// operator offers them. It is the library behind "altracker alto build".
//
// A map is made of one of these:
//
//   - Tables of the AS and the country of addresses, CSV or in MaxMind's format
//     (package asnmap). The cost of a path is told from where its ends are
//     registered: same AS, same country, same continent.
//   - Dumps of routing tables (package mrt), with or without such tables. The cost
//     is told from the links between ASes that the AS paths show.
//   - A file of an operator who knows: regions, their prefixes, and what traffic
//     costs on each tier ([Regions] has the form).
//
// A file of AS relationships makes the costs of the first two better: see
// package asgraph for what a path costs then.
//
//	s, err := mapbuild.Build(ctx, mapbuild.Options{
//		From: []string{"rib.20260601.0000.bz2", "GeoLite2-Country.mmdb"},
//		Out:  "maps",
//	})
//
// Every map is complete: each address is in a PID, if only in the default PID,
// which holds 0.0.0.0/0 and ::/0, and each pair of PIDs has a cost. Prefixes are
// merged as far as they say the same (package prefixmap).
package mapbuild

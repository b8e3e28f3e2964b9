// Package asnmap makes a network map of its own out of a table that says which
// autonomous system (AS) and which country an address belongs to. It guides a
// tracker until an ISP's ALTO server or map files do it better.
//
// A PID is an AS, for IPv4 and IPv6 alike, and the cost of a path is told from
// where its ends are registered:
//
//	1    in the same AS
//	10   in the same country
//	30   on the same continent
//	100  elsewhere, or nobody knows
//
// Addresses in no range of the table are in the default PID, which holds
// 0.0.0.0/0 and ::/0. PIDs are numbered by continent, country and AS number, so
// that a country and a continent are spans of PIDs: a row of the cost matrix is
// a handful of runs, computed when asked for; no matrix exists.
//
// [Embedded] is the map that ships in the binary. [Read] makes one of the
// user's tables, CSV or MaxMind's .mmdb:
//
//	m, err := asnmap.Read("GeoLite2-ASN.mmdb", "GeoLite2-Country.mmdb")
//	pid := m.PID(netip.MustParseAddr("192.0.2.1"))
//	name := m.Name(pid) // "as3320"
//
// [Map.Reduce] makes a map of so few PIDs that its full cost matrix fits in a file;
// package mapbuild writes it as one.
package asnmap

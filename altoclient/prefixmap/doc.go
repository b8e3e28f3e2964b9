// Package prefixmap works on tables of prefixes in which the longest one that
// holds an address tells the address's value, as in an ALTO network map (RFC 7285
// section 11.2.2). 0 is the value of addresses in no prefix.
//
// [Minimise] says the same with fewer prefixes, [Regions] takes a table apart
// into the addresses that each prefix really speaks for, and [Compare] does so
// for two tables at once.
package prefixmap

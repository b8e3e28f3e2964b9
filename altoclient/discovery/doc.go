// Package discovery finds ALTO servers in the DNS: the one of a network whose
// domain is known (RFC 7286), and the one that is responsible for an address of
// somebody else's network (RFC 8686). It follows what it finds.
//
// From the inside out:
//
//   - [Ladder] turns an address into the domain names of the reverse tree that
//     may say something of it, the longest prefix first.
//   - A [Resolver] asks the DNS; [NewDNS] returns one that does so over UDP and
//     TCP. [Record] is what NAPTR records say; the rules of S-NAPTR and U-NAPTR
//     (RFC 3958, RFC 4848) make URIs of them.
//   - A [Finder] carries out both procedures. It keeps what it learnt by domain
//     name, good and bad news alike, for as long as the DNS says.
//   - A [Follower] is a task. Addresses that nobody guides are dropped into it
//     from the announce path; it finds their servers and hands them, as sources
//     that guide only the prefixes they were found for, to an altoclient.Guide.
//
// Whoever announces chooses the address, and whoever holds the address chooses
// what the reverse tree says. So nothing here trusts either: look-ups per second,
// names, records, expressions, servers and prefixes are bounded, and [Guard]
// keeps connections out of private networks.
package discovery

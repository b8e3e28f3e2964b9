// Package accessdomain learns the domain names of the access networks that a host
// is in, which is where the search for a network's ALTO server begins (RFC 7286
// section 3.1). RFC 5986 has a DHCP option for such a name, 213 in IPv4 and 57 in
// IPv6; the domain name of option 15 has to do where it is missing.
//
// A server has a DHCP client of its own already, so [Read] asks nobody. It reads
// what the clients of the host have kept: systemd-networkd, dhclient and dhcpcd, and
// as a last resort what resolv.conf says that names are looked up under. Most
// clients neither ask for the options of RFC 5986 nor keep them. Where none of the
// files has one, a [Learner] can ask the DHCP servers of chosen interfaces: with a
// DHCPINFORM message (RFC 2131 section 3.4) and an Information-request (RFC 8415
// section 18.2.6), neither of which changes a lease.
//
// Whoever answers DHCP requests in the host's network chooses these names. That is
// no more than it trusts them with anyway.
package accessdomain

// Package asgraph tells how far autonomous systems (ASes) are from each other: in
// a graph of the links between them, seen in the AS paths of routes, told by a
// file of their business relationships, or both.
//
// Where no relationship is known, the distance is the number of links on the
// shortest way. With relationships, only such ways count as traffic can take, for
// an AS carries nothing for free: up from customer to provider any number of
// times, across at most one peering link, then down from provider to customer
// ("valley-free"). A link costs
//
//	1  peering: neither end pays the other
//	2  transit, up or down: the customer pays
//
// and the distance is the cost of the cheapest way. It is the same in both
// directions. A link that was seen, but that the file does not name, counts as
// transit, and the end with more neighbours as the provider; if both have equally
// many, as peering.
//
//	var b asgraph.Builder
//	b.Link(64500, 64501)
//	err := b.ReadRelationships("as-rel.txt", file)
//	...
//	from := b.Build().From(64500)
//	distance, ok := from.To(64501)
package asgraph

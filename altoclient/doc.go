// Package altoclient is an ALTO client (RFC 7285): it learns from the servers of
// network operators which part of the network an address is in and what traffic
// between the parts costs, and keeps that knowledge ready for lookups that take
// well under a microsecond.
//
// From the outside in:
//
//   - A [Client] fetches one document: a [Directory] with everything nested in
//     it, a [NetworkMap] or a [CostMap]; or it asks for a part of a map, for
//     [EndpointProperties] or [EndpointCosts]. The parsers stream; they refuse
//     what is ill-typed, duplicated or out of range and say where, they ignore
//     what they do not know.
//   - A [Snapshot] is a network map and a cost map whose version tags agree,
//     compiled. It never changes.
//   - A [Source] is a task that keeps the latest good Snapshot of one server, or
//     of a pair of files. It asks again when an answer is no longer fresh or, where
//     the server offers that, follows its updates: an update stream (RFC 8895) or
//     TIPS views (RFC 9569).
//   - A [Guide] is a task that runs several Sources and joins what they say into
//     one [Atlas]: one prefix table, one numbering, each address judged by the
//     source that is responsible for it.
//
// A program that wants one server's map needs a few lines:
//
//	client := altoclient.NewClient(altoclient.Config{})
//	defer client.Close()
//	source, err := altoclient.NewSource(altoclient.SourceConfig{
//		Name:      "isp",
//		Directory: "https://alto.example.net/directory",
//		Client:    client,
//	})
//	...
//	guide, err := altoclient.NewGuide(nil, source)
//	go guide.Run(ctx)
//	...
//	atlas := guide.Current() // one atomic load, never nil
//	home := atlas.PID(addr)
//	ends, costs, internal := atlas.Row(home, false)
//
// # The files
//
// Files that belong together share a prefix. From the inside out:
//
//	json limits name vtag mediatype error   how documents are walked, and what they all have
//	directory_*                             what a server offers (RFC 7285 section 9)
//	networkmap_*                            where addresses are
//	costmap_* costtype metric constraint    what traffic costs, by one cost type
//	multicost_* calendar                    by several (RFC 8189), and at which time (RFC 8896)
//	filter endpoint*                        parts of maps, and questions about addresses
//	property_* pathvector_*                 RFC 9240, RFC 9275
//	client_*                                HTTP: requests, freshness, authentication, errors
//	costplan_* snapshot_* view rowcache     maps that agree, compiled for readers
//	fetch_*                                 one visit to a server or to files, pairs made to agree
//	diskcache_*                             what visits have brought, kept over a restart
//	updates_* patch_*                       a server's changes, followed and applied
//	source_*                                the task that does all this for one server
//	join_* guide atlas                      several sources as one
//
// Nothing here panics on input, and no failure of a server takes away the last
// good map before it has reached the age that the caller has set.
package altoclient

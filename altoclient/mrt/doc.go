// Package mrt reads dumps of routing tables as route collectors publish them:
// TABLE_DUMP_V2 of RFC 6396, IPv4 and IPv6 unicast, also with several paths from
// one peer (RFC 8050). Records of other kinds are skipped and counted.
//
// A [Reader] goes through a dump one prefix at a time, in constant memory:
//
//	r := mrt.NewReader(file) // unpacked
//	for {
//		rib, err := r.Next()
//		if err == io.EOF {
//			break
//		}
//		...
//		for _, e := range rib.Entries {
//			fmt.Println(rib.Prefix, e.Path.Origin(e.Peer.AS))
//		}
//	}
//
// Of the attributes of a route only its AS path is kept. In this format the AS
// numbers of a path always have four bytes (RFC 6396 section 4.3.4), so that
// AS4_PATH has nothing to add and is ignored.
package mrt

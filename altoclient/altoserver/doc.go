// Package altoserver is an ALTO server (RFC 7285) for maps that are files: for
// operators without a server of their own, for demonstrations and for tests.
//
// A [Content] is a network map and its cost maps, or several, with property maps
// about them, checked against each other and ready to be sent. A [Server] answers
// HTTP requests from the latest Content:
//
//	/directory                          the information resource directory
//	/networkmap                         the network map
//	/networkmap/filtered                POST, section 11.3.1
//	/costmap/{mode}/{metric}            a cost map, mode num or ord
//	/costmap/{mode}/{metric}/filtered   POST, section 11.3.2
//	/costmap/multi/filtered             POST, RFC 8189: costs of several types
//	/maps/{id}/...                      the same five of any further network map
//	/endpointprop                       POST, section 11.4: PIDs of addresses
//	/endpointcost                       POST, section 11.5, RFC 8189: costs between addresses
//	/propmap/filtered                   POST, RFC 9240: PIDs of addresses and prefixes
//	/propmap/{id}                       a property map
//	/propmap/{id}/filtered              POST, RFC 9240 section 8
//	/updates                            POST, RFC 8895: a stream of changes of all maps
//	/updates/streams/{secret}           POST, RFC 8895 section 7: what the stream is about
//	/tips                               POST, RFC 9569: changes of a map, to be fetched one by one
//	/tips/{secret}/ug/{i}/{j}           from version i of it to version j
//
// A cost map may be a calendar (RFC 8896). Requests for costs can ask for it; the
// full map, its updates, and who does not ask have the slot that holds now, so that
// the map changes at each border by itself.
//
// A [Watcher] is a task that loads the files again when they change. Files that
// are wrong change nothing: the last good Content stays.
package altoserver

// Package altoserver is an ALTO server (RFC 7285) for maps that are files: for
// operators without a server of their own, for demonstrations and for tests.
//
// A [Content] is a network map and its cost maps, or several, checked against each
// other and ready to be sent. A [Server] answers HTTP requests from the latest
// Content:
//
//	/directory                          the information resource directory
//	/networkmap                         the network map
//	/networkmap/filtered                POST, section 11.3.1
//	/costmap/{mode}/{metric}            a cost map, mode num or ord
//	/costmap/{mode}/{metric}/filtered   POST, section 11.3.2
//	/maps/{id}/...                      the same four of any further network map
//	/endpointprop                       POST, section 11.4: PIDs of addresses
//	/endpointcost                       POST, section 11.5: costs between addresses
//	/updates                            POST, RFC 8895: a stream of changes of all maps
//	/updates/streams/{secret}           POST, RFC 8895 section 7: what the stream is about
//	/tips                               POST, RFC 9569: changes of a map, to be fetched one by one
//	/tips/{secret}/ug/{i}/{j}           from version i of it to version j
//
// A [Watcher] is a task that loads the files again when they change. Files that
// are wrong change nothing: the last good Content stays.
package altoserver

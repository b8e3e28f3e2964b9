// Package altoserver is an ALTO server (RFC 7285) for maps that are files: for
// operators without a server of their own, for demonstrations and for tests.
//
// A [Content] is a network map and its cost maps, checked against each other and
// ready to be sent. A [Server] answers HTTP requests from the latest Content:
//
//	/directory                          the information resource directory
//	/networkmap                         the network map
//	/networkmap/filtered                POST, section 11.3.1
//	/costmap/{mode}/{metric}            a cost map, mode num or ord
//	/costmap/{mode}/{metric}/filtered   POST, section 11.3.2
//
// A [Watcher] is a task that loads the files again when they change. Files that
// are wrong change nothing: the last good Content stays.
package altoserver

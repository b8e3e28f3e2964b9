// Package altotest is an ALTO server that goes wrong on request, for tests of
// whoever depends on one and for the bench. It answers like altoserver until told
// otherwise:
//
//	server := altotest.NewServer(networkMap, costMap)
//	http.ListenAndServe(addr, server)
//	...
//	server.Break("/costmap/num/routingcost", altotest.Truncated)
//	...
//	server.Mend()
package altotest

// Package admin serves operators: what the tracker is doing, what its network
// maps say, and why it answers as it does.
//
//	/healthz                      the process serves
//	/readyz                       it is ready for announces
//	/metrics                      counters and gauges for Prometheus
//	/api/v1/status                the tracker in a few numbers
//	/api/v1/sources               where its maps come from, and how that goes
//	/api/v1/swarms/{info_hash}    a swarm, counted by PID
//	/api/v1/policies              the policies there are
//	/api/v1/explain               how an announce would be answered, and why
//	/                             an index of the above
//
// Nothing here changes anything: all is GET. Answers are JSON, errors too, as an
// object whose "error" names the parameter at fault. docs/operating.md tells the
// fields.
//
// One file holds each endpoint: a function from a request to the value that is
// its answer, or to a [problem]. What the answers show of sources and readiness
// is injected, so that the package knows neither the ALTO client nor the daemon.
//
// Answers name the addresses of peers, and there is no login. A [Server] is meant
// for a loopback or otherwise private address, where it also keeps out the web
// pages that the operator's browser happens to show (host.go).
package admin

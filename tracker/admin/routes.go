package admin

import (
	"log"
	"net/http"

	"github.com/gorilla/mux"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// endpoint is a line of the list of all that is served. The index is made from
// the same list.
type endpoint struct {
	path    string
	query   string // what people have to fill in; empty if the path alone is a question
	summary string
	handler http.Handler
}

func (s *Server) endpoints(metrics prometheus.Gatherer, errorLog *log.Logger) []endpoint {
	return []endpoint{
		{"/healthz", "", "the process serves", answer(s.health)},
		{"/readyz", "", "ready for announces: 200, or 503 and why not", answer(s.ready)},
		{"/metrics", "", "counters and gauges, for Prometheus", promhttp.HandlerFor(metrics, promhttp.HandlerOpts{
			ErrorLog:      errorLog,
			ErrorHandling: promhttp.ContinueOnError, // one bad collector must not hide the others
		})},
		{"/api/v1/status", "", "the tracker in a few numbers", answer(s.status)},
		{"/api/v1/sources", "", "where the network maps come from, and how that goes", answer(s.sources)},
		{"/api/v1/policies", "", "the policies there are, and their options", answer(s.policies)},
		{"/api/v1/swarms/{info_hash}", "", "a swarm, counted by PID", answer(s.swarm)},
		{"/api/v1/explain", "?info_hash=HEX&ip=ADDR&numwant=N&policy=NAME&left=N",
			"how an announce would be answered, and why; the last three may be left out", answer(s.explain)},
	}
}

const methods = "GET, HEAD"

func newRouter(endpoints []endpoint) (*mux.Router, error) {
	index, err := newIndex(endpoints)
	if err != nil {
		return nil, err
	}
	r := mux.NewRouter()
	for _, e := range append(endpoints, endpoint{path: "/", handler: index}) {
		r.Handle(e.path, e.handler).Methods(http.MethodGet, http.MethodHead)
	}
	r.NotFoundHandler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fail(w, &problem{http.StatusNotFound, "path: nothing is here; / lists what is served"})
	})
	r.MethodNotAllowedHandler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Allow", methods)
		fail(w, &problem{http.StatusMethodNotAllowed, "method: want " + methods})
	})
	return r, nil
}

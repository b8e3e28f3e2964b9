package altoclient

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// costQuestion is what is asked of one resource of costs: all that a full map
// says, or what passes the filter of a filtered one.
type costQuestion struct {
	at     Resource
	filter MultiCostFilter // its cost types are what must come
}

// full tells whether the map is fetched by GET.
func (q costQuestion) full() bool { return q.at.Accepts == "" }

// input is what an update service needs to know of the question (RFC 8895 section
// 6.5, RFC 9569 section 6.1); nil for a full map.
func (q costQuestion) input() jsontext.Value {
	if q.full() {
		return nil
	}
	return q.filter.AppendJSON(nil)
}

// costTypes are what the names mean that calendars have.
func (q costQuestion) costTypes() map[string]CostType { return q.at.namedCostTypes() }

// questions returns how to get the costs that the operator of the client wants
// about a network map: none if routingcost is, and is not offered.
func (r *remote) questions(dir *Directory, network Resource) ([]costQuestion, error) {
	if len(r.weights) == 0 {
		at, ok := dir.CostMap(network.ID, RoutingCost)
		if !ok {
			return nil, nil
		}
		return []costQuestion{{at, MultiCostFilter{CostTypes: at.CostTypes}}}, nil
	}
	each, err := r.questionForEach(dir, network.ID)
	at, ok := dir.MultiCostMap(network.ID, r.types())
	if !ok || len(r.weights) < 2 {
		return each, err
	}
	// Those that are asked for at once are of one time. Those whose updates can be
	// followed are of now.
	atOnce := []costQuestion{filterOf(at, r.weights)}
	if err == nil && dir.updates(network, atOnce).way(r.updates) == UpdatesPoll && dir.updates(network, each).way(r.updates) != UpdatesPoll {
		return each, nil
	}
	return atOnce, nil
}

func (r *remote) types() []CostType {
	types := make([]CostType, len(r.weights))
	for i, w := range r.weights {
		types[i] = w.Type
	}
	return types
}

func (r *remote) questionForEach(dir *Directory, networkMap string) ([]costQuestion, error) {
	var list []costQuestion
	for i, w := range r.weights {
		q, ok := questionFor(dir, networkMap, w)
		if !ok {
			return nil, fmt.Errorf("costs[%d]: the server does not offer %v about the network map %s", i, w.Type, networkMap)
		}
		list = append(list, q)
	}
	return list, nil
}

// questionFor asks for one cost type: as a calendar if that is wanted and
// offered, else as a full map, else as a filtered one that lets all pass.
func questionFor(dir *Directory, networkMap string, w CostWeight) (costQuestion, bool) {
	if at, ok := dir.CostCalendar(networkMap, w.Type); ok && w.Calendar {
		return filterOf(at, []CostWeight{w}), true
	}
	if at, ok := dir.fullCostMap(networkMap, w.Type); ok {
		return costQuestion{at, MultiCostFilter{CostTypes: at.CostTypes}}, true
	}
	at, ok := dir.FilteredCostMap(networkMap, w.Type)
	return filterOf(at, []CostWeight{w}), ok
}

func filterOf(at Resource, weights []CostWeight) costQuestion {
	q := costQuestion{at: at}
	for _, w := range weights {
		_, offered := at.Calendar(w.Type)
		q.filter.CostTypes = append(q.filter.CostTypes, w.Type)
		q.filter.Calendared = append(q.filter.Calendared, w.Calendar && offered)
	}
	return q
}

// costPart is the version at hand of one document of costs, with the network map
// whose numbers it has.
type costPart struct {
	known[*MultiCostMap]
	network *NetworkMap
}

// fetchCosts gets the costs, and the network map that they are about.
func (r *remote) fetchCosts(ctx context.Context, dir *Directory, networkAt Resource, network *NetworkMap, bypass bool, f *fetched) (*NetworkMap, []*MultiCostMap, error) {
	questions, err := r.questions(dir, networkAt)
	if err != nil {
		return network, nil, err
	}
	r.offer = dir.updates(networkAt, questions)
	return r.fetchAgreed(ctx, networkAt, questions, network, bypass, f)
}

// fetchAgreed gets the costs that belong to network or, if the server has moved
// on, another network map with its costs.
func (r *remote) fetchAgreed(ctx context.Context, networkAt Resource, questions []costQuestion, network *NetworkMap, bypass bool, f *fetched) (*NetworkMap, []*MultiCostMap, error) {
	for round := range pairRounds {
		parts, err := r.fetchParts(ctx, questions, network, bypass || round > 0, f)
		if err != nil {
			return network, nil, err
		}
		if agree(network, parts) {
			return network, parts, nil
		}
		f.skews++
		if err := pause(ctx, round); err != nil {
			return network, nil, err
		}
		if network, err = r.fetchNetwork(ctx, networkAt.URI, true, f); err != nil {
			return network, nil, err
		}
		// Costs that the network map before did not have PIDs for are lost.
		if agree(network, parts) && !slices.ContainsFunc(parts, func(m *MultiCostMap) bool { return m.dropped > 0 }) {
			return network, parts, nil
		}
	}
	return network, nil, fmt.Errorf("network map %v and its costs after %d rounds: %w", network.vtag, pairRounds, ErrSkew)
}

// agree tells whether all costs are of network (RFC 7285 section 10.3).
func agree(network *NetworkMap, parts []*MultiCostMap) bool {
	return !slices.ContainsFunc(parts, func(m *MultiCostMap) bool { return m.network != network.vtag })
}

func (r *remote) fetchParts(ctx context.Context, questions []costQuestion, network *NetworkMap, bypass bool, f *fetched) ([]*MultiCostMap, error) {
	old := r.parts
	r.parts = make([]costPart, len(questions))
	copy(r.parts, old)
	list := make([]*MultiCostMap, len(questions))
	for i, q := range questions {
		m, err := r.fetchPart(ctx, q, &r.parts[i], network, bypass, f)
		if err != nil {
			return nil, fmt.Errorf("cost map: %w", r.naming(i, len(questions), err))
		}
		list[i] = m
	}
	return list, nil
}

// naming adds which of the costs that the operator has named is at fault, if that
// is not clear.
func (r *remote) naming(i, questions int, err error) error {
	if len(r.weights) < 2 || questions < 2 {
		return err
	}
	return fmt.Errorf("costs[%d]: %w", i, err)
}

// fetchPart gets one document of costs. It asks whether the one at hand is still
// right, if that has the numbers of network.
func (r *remote) fetchPart(ctx context.Context, q costQuestion, part *costPart, network *NetworkMap, bypass bool, f *fetched) (*MultiCostMap, error) {
	req := request{uri: q.at.URI, mediaType: MediaTypeCostMap, bypass: bypass}
	if !q.full() {
		if err := q.filter.check(q.at); err != nil {
			return nil, err
		}
		req.accepts, req.params = MediaTypeCostMapFilter, q.input()
	}
	if q.full() && part.uri == req.uri && part.network == network && !bypass {
		req.known = part.validators
	}
	var m *MultiCostMap
	reply, err := r.client.get(ctx, req, func(body io.Reader, _ *url.URL) (err error) {
		if m, err = q.parse(body, network, r.client.config.Limits); err != nil {
			return err
		}
		return r.checkTypes(q, m)
	})
	if err != nil {
		return nil, err
	}
	f.fresh = f.fresh.earlier(reply.fresh)
	if reply.unchanged {
		return part.document, nil
	}
	if m.same(part.document) {
		m = part.document
	}
	*part = costPart{known[*MultiCostMap]{m, req.uri, reply.validators}, network}
	return m, nil
}

// parse reads an answer to the question.
func (q costQuestion) parse(body io.Reader, network *NetworkMap, limits Limits) (*MultiCostMap, error) {
	if !q.full() {
		return ParseMultiCostMap(body, network, q.costTypes(), limits)
	}
	m, err := ParseCostMap(body, network, limits)
	if err != nil {
		return nil, err
	}
	return m.asMulti(), nil
}

// checkTypes compares what came with what was asked for. Without the operator's
// wish a rank will do for a number, whatever the directory says.
func (r *remote) checkTypes(q costQuestion, m *MultiCostMap) error {
	if len(r.weights) > 0 {
		return m.checkTypes(q.filter.CostTypes)
	}
	if have := m.columns[0].Type.Metric; have != RoutingCost {
		return &ParseError{Path: "/meta/cost-type/cost-metric", Err: fmt.Errorf("want %s, have %.40q", RoutingCost, have)}
	}
	return nil
}

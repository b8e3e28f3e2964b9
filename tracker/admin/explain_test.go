package admin

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/altracker/altracker/selector"
)

func TestExplainOfASmallSwarm(t *testing.T) {
	s := newServer(t, nil)
	var got explanation
	get(t, s, explainURL(small, "10.0.1.1", "&left=0"), 200, &got) // the seeder itself asks
	slices.SortFunc(got.Peers, func(a, b peer) int { return a.IP.Compare(b.IP) })
	text, err := encode(got)
	if err != nil {
		t.Fatal(err)
	}
	sameJSON(t, text, `{
		"requester": {"ip": "10.0.1.1", "source": "world", "pid": "pid-1"}, "guidance": "guided", "policy": "staged", "numwant": 50,
		"steps": [
			{"name": "home PID", "target": 0.75, "taken": 0},
			{"name": "home ISP", "target": 0.9, "taken": 0},
			{"name": "outside", "target": 1, "taken": 0},
			{"name": "elsewhere", "target": 1, "taken": 0},
			{"name": "anyone", "target": 1, "taken": 0},
			{"name": "whole swarm", "target": 1, "taken": 2}
		],
		"peers": [
			{"ip": "10.0.3.1", "port": 6881, "pid": "pid-3", "cost": 10.5, "step": "whole swarm", "seeder": false},
			{"ip": "192.0.2.1", "port": 51413, "pid": "", "cost": null, "step": "whole swarm", "seeder": false}
		]}`)
}

// TestCostsHaveADirection: the third PID states a cost to receive from the first,
// and none to send to it.
func TestCostsHaveADirection(t *testing.T) {
	s := newServer(t, nil)
	var leecher explanation
	get(t, s, explainURL(small, "10.0.1.9", ""), 200, &leecher)
	for _, p := range leecher.Peers {
		if known := p.PID == "pid-1"; (p.Cost != nil) != known {
			t.Errorf("peer %+v has a cost: %v", p, p.Cost != nil)
		}
	}
	if len(leecher.Peers) != 3 {
		t.Errorf("%d peers, want all three", len(leecher.Peers))
	}
}

func TestExplainCountsAddUp(t *testing.T) {
	s := newServer(t, nil)
	before := s.config.Tracker.Stats()
	for _, c := range []struct {
		ip, rest       string
		source, pid    string
		policy         string
		numwant, peers int
		step           string // one that must have drawn something
		leechers       bool   // nobody but
	}{
		{"10.0.1.1", "", "world", "pid-1", "staged", 50, 50, "home PID", false},
		{"::ffff:10.0.1.1", "", "world", "pid-1", "staged", 50, 50, "home PID", false},
		{"10.0.1.1", "&numwant=20", "world", "pid-1", "staged", 20, 20, "home PID", false},
		{"10.0.1.1", "&numwant=0", "world", "pid-1", "staged", 0, 0, "", false},
		{"10.0.1.1", "&numwant=100000", "world", "pid-1", "staged", 200, 200, "home PID", false},
		{"10.0.2.1", "&left=0", "world", "pid-2", "staged", 50, 50, "home PID", true},
		{"10.0.2.1", "&left=1099511627776", "world", "pid-2", "staged", 50, 50, "home PID", false},
		{"10.0.1.1", "&policy=staged", "world", "pid-1", "staged", 50, 50, "home PID", false},
		{"10.0.1.1", "&policy=random", "world", "pid-1", "random", 50, 50, "anyone", false},
		{"10.0.1.1", "&policy=ranked", "world", "pid-1", "ranked", 50, 50, "random share", false},
		{"198.51.100.1", "", "", "", "staged", 50, 50, "anyone", false},
		{"2001:db8::1", "", "", "", "staged", 50, 0, "", false},
	} {
		t.Run(c.ip+c.rest, func(t *testing.T) {
			var x explanation
			get(t, s, explainURL(large, c.ip, c.rest), 200, &x)
			if x.Requester.IP.String() != strings.TrimPrefix(c.ip, "::ffff:") || x.Requester.Source != c.source || x.Requester.PID != c.pid {
				t.Errorf("requester %+v", x.Requester)
			}
			if x.Policy != c.policy || x.NumWant != c.numwant || len(x.Peers) != c.peers {
				t.Errorf("policy %s, numwant %d, %d peers", x.Policy, x.NumWant, len(x.Peers))
			}
			bySteps := map[string]int{}
			for _, p := range x.Peers {
				bySteps[p.Step]++
				if p.Port != 6881 || !p.IP.Is4() || (c.leechers && p.Seeder) {
					t.Errorf("peer %+v", p)
				}
			}
			for _, st := range x.Steps {
				if st.Taken != bySteps[st.Name] {
					t.Errorf("step %+v, but %d peers name it", st, bySteps[st.Name])
				}
				delete(bySteps, st.Name)
			}
			if len(bySteps) != 0 {
				t.Errorf("peers of steps that are not listed: %v", bySteps)
			}
			if c.step != "" && !drew(x.Steps, c.step) {
				t.Errorf("step %q drew nothing: %+v", c.step, x.Steps)
			}
		})
	}
	if after := s.config.Tracker.Stats(); after != before {
		t.Errorf("explaining was counted: %+v, before %+v", after, before)
	}
}

func drew(steps []step, name string) bool {
	for _, st := range steps {
		if st.Name == name && st.Taken > 0 {
			return true
		}
	}
	return false
}

// TestPolicyInForceKeepsItsOptions tells the policy in force, which draws nothing
// at random first, from one of defaults.
func TestPolicyInForceKeepsItsOptions(t *testing.T) {
	s := newServer(t, nil)
	var inForce, other explanation
	get(t, s, explainURL(large, "10.0.1.1", "&policy=staged"), 200, &inForce)
	get(t, s, explainURL(large, "10.0.1.1", "&policy=matrix"), 200, &other)
	if drew(inForce.Steps, "random share") || !drew(other.Steps, "random share") {
		t.Errorf("in force: %+v, other: %+v", inForce.Steps, other.Steps)
	}
}

func TestExplainOfASwarmNobodyIsIn(t *testing.T) {
	s := newServer(t, nil)
	var x struct {
		Requester requester
		Steps     []step
		Peers     []peer
	}
	get(t, s, explainURL(empty, "10.0.1.1", ""), 200, &x)
	if x.Requester.PID != "pid-1" || len(x.Steps) == 0 || x.Peers == nil || len(x.Peers) != 0 {
		t.Errorf("explained %+v", x)
	}
}

func TestExplainWithoutAMap(t *testing.T) {
	s := newServer(t, func(c *Config) { c.Tracker = newTracker(t, nil) })
	var x explanation
	get(t, s, explainURL(large, "10.0.1.1", ""), 200, &x)
	if x.Requester.Source != "" || x.Requester.PID != "" || len(x.Peers) != 50 || x.Peers[0].Cost != nil || !drew(x.Steps, "anyone") {
		t.Errorf("explained %+v", x)
	}
}

func TestBadQuestions(t *testing.T) {
	s := newServer(t, nil)
	hash, ip := "info_hash="+small.String(), "ip=10.0.1.1"
	both := hash + "&" + ip
	policies := strings.Join(selector.Names(), ", ")
	for _, c := range []struct{ query, want string }{
		{"", "info_hash: missing"},
		{ip, "info_hash: missing"},
		{hash, "ip: missing"},
		{"info_hash=&" + ip, `info_hash: "": want 40 hexadecimal digits`},
		{"info_hash=" + strings.Repeat("a", 38) + "&" + ip, `info_hash: "` + strings.Repeat("a", 38) + `": want 40 hexadecimal digits`},
		{"info_hash=" + strings.Repeat("x", 40) + "&" + ip, `info_hash: "` + strings.Repeat("x", 40) + `": want 40 hexadecimal digits`},
		{"info_hash=" + strings.Repeat("a", 9000) + "&" + ip, `info_hash: "` + strings.Repeat("a", 50) + `": want 40 hexadecimal digits`},
		{hash + "&ip=", `ip: "": want an IPv4 or IPv6 address, without a zone`},
		{hash + "&ip=10.0.1.1:80", `ip: "10.0.1.1:80": want an IPv4 or IPv6 address, without a zone`},
		{hash + "&ip=host.example", `ip: "host.example": want an IPv4 or IPv6 address, without a zone`},
		{hash + "&ip=fe80::1%25eth0", `ip: "fe80::1%eth0": want an IPv4 or IPv6 address, without a zone`},
		{both + "&numwant=", `numwant: "": want a whole number, 0 or more`},
		{both + "&numwant=-1", `numwant: "-1": want a whole number, 0 or more`},
		{both + "&numwant=1.5", `numwant: "1.5": want a whole number, 0 or more`},
		{both + "&numwant=99999999999999999999", `numwant: "99999999999999999999": want a whole number, 0 or more`},
		{both + "&left=-1", `left: "-1": want a whole number of bytes, 0 for a seeder`},
		{both + "&left=no", `left: "no": want a whole number of bytes, 0 for a seeder`},
		{both + "&policy=", `policy: "": want one of ` + policies},
		{both + "&policy=best", `policy: "best": want one of ` + policies},
		{both + "&seeder=1", "seeder: unknown; want info_hash, ip, numwant, policy or left"},
		{both + "&ip=10.0.1.2", "ip: given 2 times"},
		{both + "&left=%zz", `query: invalid URL escape "%zz"`},
		{both + ";left=0", "query: invalid semicolon separator in query"},
	} {
		var got struct{ Error string }
		get(t, s, "/api/v1/explain?"+c.query, 400, &got)
		if got.Error != c.want {
			t.Errorf("%.120s: error %q, want %q", c.query, got.Error, c.want)
		}
	}
}

// FuzzQuestion looks for a query that is answered with something else than an
// explanation or a complaint.
func FuzzQuestion(f *testing.F) {
	hash := small.String()
	for _, query := range []string{
		fmt.Sprintf("info_hash=%s&ip=10.0.1.1&numwant=5&policy=ranked&left=0", hash),
		fmt.Sprintf("info_hash=%s&ip=::ffff:10.0.1.1", hash),
		"info_hash=%00&ip=%", "a;b", "&&==", strings.Repeat("ip=1&", 100),
	} {
		f.Add(query)
	}
	s := newServer(f, nil)
	f.Fuzz(func(t *testing.T, query string) {
		q, err := s.parseQuestion(query)
		if err != nil {
			if err.(*problem).status != http.StatusBadRequest {
				t.Fatalf("%q: %v", query, err)
			}
			return
		}
		if !q.IP.IsValid() || q.IP.Is4In6() || q.IP.Zone() != "" || q.NumWant < -1 || q.policy == "" {
			t.Fatalf("%q is understood as %+v", query, q)
		}
		if _, err := encode(q.explanation(s.config.Tracker.Explain(q.Question))); err != nil {
			t.Fatalf("%q: %v", query, err)
		}
	})
}

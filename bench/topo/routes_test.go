package topo

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

// drawn makes a graph of lines like "a-b 3": an internal link of that weight; "a>b": a buys
// transit from b; "a=b": they peer.
func drawn(t *testing.T, lines ...string) (*Graph, func(string) int) {
	t.Helper()
	g, at := &Graph{Name: "drawn"}, map[string]int{}
	node := func(name string) int {
		if _, ok := at[name]; !ok {
			at[name] = len(g.Nodes)
			g.Nodes = append(g.Nodes, Node{Name: name})
		}
		return at[name]
	}
	for _, line := range lines {
		i := strings.IndexAny(line, "->=")
		ends, weight, _ := strings.Cut(line[i+1:], " ")
		l := Link{A: node(line[:i]), B: node(ends), Capacity: math.Inf(1), Delay: time.Millisecond}
		l.Relation = map[byte]Relation{'-': Internal, '>': Transit, '=': Peering}[line[i]]
		_, _ = fmt.Sscan(weight, &l.Weight)
		g.Links = append(g.Links, l)
	}
	return g, node
}

// nodesOn names the nodes of a path.
func nodesOn(r *Routes, from int, path []int32) string {
	names := []string{r.graph.Nodes[from].Name}
	for _, link := range path {
		names = append(names, r.graph.Nodes[r.end(link)].Name)
	}
	return strings.Join(names, " ")
}

func TestPaths(t *testing.T) {
	for _, c := range []struct {
		name, from, to, want string
		lines                []string
	}{
		{"least weight", "a", "c", "a b c", []string{"a-c 5", "a-b 2", "b-c 2"}},
		{"a weight of one where none is stated", "a", "c", "a c", []string{"a-c", "a-b", "b-c"}},
		{"to itself", "a", "a", "a", []string{"a-b"}},
		{"a customer rather than a peer, though it is farther", "a", "d", "a b c d", []string{"a=d", "b>a", "c>b", "d>c"}},
		{"a peer rather than a provider", "a", "d", "a b c d", []string{"a=b", "c>b", "d>c", "a>p", "d>p"}},
		{"nobody carries from peer to peer", "a", "c", "a p q c", []string{"a=b", "b=c", "a>p", "c>q", "p=q"}},
		{"a customer carries nothing between its providers", "p", "q", "p t u q", []string{"c>p", "c>q", "p>t", "q>u", "t=u"}},
		{"against relations where there is nothing else", "a", "c", "a b c", []string{"a=b", "b=c"}},
		{"two ends of one network", "x", "d", "x y d", []string{"x-y", "d>y"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			g, at := drawn(t, c.lines...)
			r, err := g.Route()
			if err != nil {
				t.Fatal(err)
			}
			path := r.Path(at(c.from), at(c.to))
			if got := nodesOn(r, at(c.from), path); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
			if d := r.Delay(at(c.from), at(c.to)); d != time.Duration(len(path))*time.Millisecond || r.Hops(at(c.from), at(c.to)) != len(path) {
				t.Errorf("%d links take %v", len(path), d)
			}
		})
	}
}

func TestRouteRefusesPartsApart(t *testing.T) {
	g, _ := drawn(t, "a-b", "c-d")
	if _, err := g.Route(); err == nil || !strings.Contains(err.Error(), `"c" and "a"`) {
		t.Errorf("%v", err)
	}
}

// TestLeastWeightAgreesWithFloyd compares the paths of a network with the slow way to find
// how long they are.
func TestLeastWeightAgreesWithFloyd(t *testing.T) {
	g, err := Builtin("germany50")
	if err != nil {
		t.Fatal(err)
	}
	for i := range g.Links {
		g.Links[i].Weight = float64(1 + i*7%5)
	}
	r, err := g.Route()
	if err != nil {
		t.Fatal(err)
	}
	n := len(g.Nodes)
	length := slices.Repeat([]float64{math.Inf(1)}, n*n)
	for i := range n {
		length[i*n+i] = 0
	}
	for _, l := range g.Links {
		length[l.A*n+l.B], length[l.B*n+l.A] = l.Weight, l.Weight
	}
	for via := range n {
		for a := range n {
			for b := range n {
				length[a*n+b] = min(length[a*n+b], length[a*n+via]+length[via*n+b])
			}
		}
	}
	for a := range n {
		for b := range n {
			got, at := 0.0, a
			for _, link := range r.Path(a, b) {
				got += g.Links[link/2].Weight
				at = r.end(link)
			}
			if at != b || got != length[a*n+b] {
				t.Fatalf("from %d to %d: a path of %v to %d, want %v", a, b, got, at, length[a*n+b])
			}
		}
	}
}

func BenchmarkRoute(b *testing.B) {
	for _, name := range []string{"germany50", "comcast-fine", "isp1700"} {
		b.Run(name, func(b *testing.B) {
			g, err := Builtin(name)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				r, err := g.Route()
				if err != nil {
					b.Fatal(err)
				}
				for to := range g.Nodes {
					r.to(to)
				}
			}
		})
	}
}

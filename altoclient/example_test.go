package altoclient_test

import (
	"context"
	"fmt"
	"log"
	"net/http/httptest"
	"net/netip"

	"github.com/altracker/altracker/altoclient"
	"github.com/altracker/altracker/altoclient/altotest"
)

// startServer stands for the ALTO server of a network operator.
func startServer() (server *altotest.Server, web *httptest.Server) {
	server, err := altotest.NewServer([]byte(labNetwork), []byte(labCosts))
	if err != nil {
		log.Fatal(err)
	}
	return server, httptest.NewServer(server)
}

// A guide keeps the maps of one server and answers lookups from memory.
func Example() {
	_, web := startServer()
	defer web.Close()

	client := altoclient.NewClient(altoclient.Config{})
	defer client.Close()
	source, err := altoclient.NewSource(altoclient.SourceConfig{
		Name:      "isp",
		Directory: web.URL + "/directory",
		Client:    client,
	})
	if err != nil {
		log.Fatal(err)
	}
	guide, err := altoclient.NewGuide(nil, source)
	if err != nil {
		log.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- guide.Run(ctx) }()
	<-guide.Ready()

	atlas := guide.Current()
	home := atlas.PID(netip.MustParseAddr("127.1.0.9"))
	fmt.Println(atlas.Name(home))
	ends, costs, _ := atlas.Row(home, false)
	from := uint32(0)
	for i, end := range ends {
		for pid := max(from, 1); pid < end; pid++ {
			_, name := atlas.Name(pid)
			fmt.Println("from", name, costs[i])
		}
		from = end
	}

	cancel()
	if err := <-done; err != nil {
		log.Fatal(err)
	}
	// Output:
	// isp pid-1
	// from pid-1 1
	// from pid-2 5
	// from world 9
}

// Maps fetches once; Snapshot looks addresses up.
func ExampleClient_Maps() {
	_, web := startServer()
	defer web.Close()

	client := altoclient.NewClient(altoclient.Config{})
	defer client.Close()
	maps, err := client.Maps(context.Background(), web.URL+"/directory")
	if err != nil {
		log.Fatal(err)
	}
	here := maps.PID(netip.MustParseAddr("127.1.0.9"))
	there := maps.PID(netip.MustParseAddr("203.0.113.5"))
	fmt.Println(maps.Name(here), "to", maps.Name(there), "costs", maps.Cost(here, there))
	// Output: pid-1 to world costs 9
}

// A source tells when its maps have changed.
func ExampleSource_Notify() {
	server, web := startServer()
	defer web.Close()

	client := altoclient.NewClient(altoclient.Config{})
	defer client.Close()
	source, err := altoclient.NewSource(altoclient.SourceConfig{
		Name:      "isp",
		Directory: web.URL + "/directory",
		Client:    client,
		Updates:   altoclient.UpdatesPoll,
	})
	if err != nil {
		log.Fatal(err)
	}
	changes := make(chan altoclient.VersionTag, 10)
	source.Notify(func() { changes <- source.Status().VersionTag })
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- source.Run(ctx) }()
	fmt.Println("first", <-changes)

	if err := server.Publish([]byte(`{"meta":{"vtag":{"resource-id":"lab","tag":"2"}},"network-map":{"all":{"ipv4":["0.0.0.0/0"]}}}`)); err != nil {
		log.Fatal(err)
	}
	if err := source.Refresh(ctx); err != nil { // or wait until it does so itself
		log.Fatal(err)
	}
	fmt.Println("then", <-changes)

	cancel()
	if err := <-done; err != nil {
		log.Fatal(err)
	}
	// Output:
	// first lab@1
	// then lab@2
}

// Costs between addresses, without maps; the server learns the addresses.
func ExampleClient_EndpointCosts() {
	_, web := startServer()
	defer web.Close()

	client := altoclient.NewClient(altoclient.Config{})
	defer client.Close()
	ctx := context.Background()
	directory, err := client.Directory(ctx, web.URL+"/directory")
	if err != nil {
		log.Fatal(err)
	}
	costType := altoclient.CostType{Metric: altoclient.RoutingCost, Mode: altoclient.Ordinal}
	service, ok := directory.EndpointCosts(costType)
	if !ok {
		log.Fatal("the server does not rank endpoints")
	}
	requester := netip.MustParseAddr("127.1.0.9")
	peers := []netip.Addr{netip.MustParseAddr("127.2.0.1"), netip.MustParseAddr("127.1.0.3")}
	ranks, err := client.EndpointCosts(ctx, service, altoclient.EndpointCostQuery{
		CostType: costType,
		Srcs:     peers,
		Dsts:     []netip.Addr{requester},
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, peer := range peers {
		fmt.Println(peer, "is number", ranks.Cost(peer, requester))
	}
	// Output:
	// 127.2.0.1 is number 2
	// 127.1.0.3 is number 1
}

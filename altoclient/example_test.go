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

// A guide keeps the maps of one server and answers lookups from memory.
func Example() {
	server, err := altotest.NewServer([]byte(labNetwork), []byte(labCosts))
	if err != nil {
		log.Fatal(err)
	}
	web := httptest.NewServer(server)
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

package live

import "time"

// What a client has to say to the tracker is said when neither has sent anything
// for quiet. Nobody waits longer than patience.
const (
	quiet    = 200 * time.Millisecond
	patience = 2 * time.Second
)

// settle waits until the clients, prompted at the given time, have had their say.
func settle(clients []*client, prompted time.Time) {
	for _, c := range clients {
		for time.Since(prompted) < patience {
			wait := quiet - time.Since(later(prompted, c.uplink.lastUse()))
			if wait <= 0 {
				break
			}
			time.Sleep(wait)
		}
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// shut closes clients and lets them take their leave of the tracker, so that the
// next swarm with this content does not meet them.
func shut(clients []*client) {
	for _, c := range clients {
		c.library.Close()
	}
	settle(clients, time.Now())
	for _, c := range clients {
		c.uplink.close()
		c.store.release()
	}
}

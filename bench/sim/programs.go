package sim

import "time"

// Transmission returns c as Transmission 3.00 acts it out (libtransmission/peer-mgr.c). It
// asks for slots and gives them at rounds of ten seconds alone, one more than it is told, and
// goes on with a trial for five of them. A seed stays with those it serves. In a private
// torrent, as all are unless clients exchange peers, a neighbour ranks by what it took, too.
func (c Client) Transmission() Client {
	c.AutoSlots = false
	c = c.withDefaults()
	c.Slots = min(c.Slots+1, mostSlots)
	c.Choke, c.Optimistic, c.Turn = 10*time.Second, 50*time.Second, forever
	c.Hold, c.GiveAtRounds, c.AskAtRounds, c.Anew, c.Mutual = true, true, true, true, !c.PEX
	c.Start, c.Dials = 1200*time.Millisecond, 12
	return c
}

// Aria2 returns c as aria2 1.36 acts it out (src/BtLeecherStateChoke.cc,
// src/BtSeederStateChoke.cc): three slots and one on trial, whatever it is told, given at
// rounds of ten seconds alone. A seed stays with those it serves.
func (c Client) Aria2() Client {
	c.AutoSlots = false
	c = c.withDefaults()
	c.Slots = 4
	c.Choke, c.Optimistic, c.Turn = 10*time.Second, 30*time.Second, forever
	c.Hold, c.GiveAtRounds, c.Anew = true, true, true
	c.Start = 2500 * time.Millisecond
	return c
}

// Libtorrent returns c as libtorrent 2.0.8 acts it out (src/session_impl.cpp,
// src/choker.cpp): who asks gets a slot at once while there is one; rounds take fifteen
// seconds, and a seed's turns a minute.
func (c Client) Libtorrent() Client {
	c.AutoSlots = false
	c = c.withDefaults()
	c.Choke, c.Optimistic, c.Turn = 15*time.Second, 30*time.Second, time.Minute
	c.Hold = true
	c.Dials = 30
	return c
}

// forever is longer than any run.
const forever = 1000 * time.Hour

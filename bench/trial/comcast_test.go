package trial_test

import "testing"

// The published numbers of RFC 5632 section 4: bytes, in the random swarm and in the one
// guided by the coarse map.
const (
	publishedStayed  = 0.063 // of the bytes that Comcast's peers sent, random
	publishedFetched = 0.161 // of the bytes that they received, random
	publishedCoarse  = 0.872 // of the bytes that they received, coarse
	publishedSwarm   = 11_703
)

// TestComcastReplies: nine places in ten by guidance, one at random. What RFC 5632 tells
// of bytes is told here of replies: with a random tracker 6.3 % of them are Comcast's, as
// many as received the bytes that Comcast's peers sent. What those received came to 16.1 %
// from inside, since they send more than others: replies do not show that.
func TestComcastReplies(t *testing.T) {
	const home = "region-3"
	coarse := load(t, "comcast-coarse").of(publishedSwarm)
	near(t, "random", inside(coarse.reply(t, "random", nil, home, 50, 400)), publishedStayed, 0.01)

	// Five of 50 are drawn at random, home and ISP fill up to 45, five are from outside.
	const bound = (40 + 5*publishedStayed) / 50
	for _, policy := range []string{"staged", "matrix"} { // the generic weights, and those of the ISP
		near(t, policy, inside(coarse.reply(t, policy, nil, home, 50, 400)), bound, 0.01)
	}
	// With nothing but the random share from outside, it is more than the bytes were.
	near(t, "ranked", inside(coarse.reply(t, "ranked", nil, home, 50, 400)), 0.90+0.10*publishedStayed, 0.01)
	if publishedCoarse < bound || publishedCoarse > 0.91 {
		t.Error("the bytes are not between the two")
	}
}

// TestComcastFineMap: in the map of 1,182 PIDs half the PIDs have no peer in the
// largest swarm of the trial. The schemes that know of an ISP around the PID fill up from
// there, so that as much stays inside as with the coarse map.
func TestComcastFineMap(t *testing.T) {
	if testing.Short() {
		t.Skip("a cost map of 1.4 million entries")
	}
	coarse, fine := load(t, "comcast-coarse").of(publishedSwarm), load(t, "comcast-fine")
	fine = fine.with(fine.Draw(publishedSwarm, source()))
	empty := 0
	for i := range fine.PIDs {
		if fine.crowd[fine.numbers[i]] == 0 {
			empty++
		}
	}
	if empty < len(fine.PIDs)/3 {
		t.Errorf("only %d of %d PIDs are empty", empty, len(fine.PIDs))
	}
	const home = "region-3-node-7"
	for _, policy := range []string{"staged", "matrix"} {
		got := fine.reply(t, policy, nil, home, 50, 100)
		near(t, policy, inside(got), inside(coarse.reply(t, policy, nil, "region-3", 50, 400)), 0.02)
		if got[home] > 0.10 {
			t.Errorf("%s: %.2f of the reply from the home PID", policy, got[home])
		}
	}
}

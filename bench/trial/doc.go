// Package trial holds the maps of published trials of tracker-side peer selection, and
// how the peers of their swarms were distributed: the China Telecom trial with Xunlei
// (draft-lee-alto-chinatelecom-trial) and Comcast's P4P trial (RFC 5632).
//
//	t, err := trial.Load("chinatelecom")
//	snapshot, err := t.Snapshot()
//	atlas := t.Atlas(snapshot)           // a selector.Map
//	peers := t.Draw(10_000, rng)         // how many peers are in each of t.PIDs
//
// Each folder is one map. What people write is regions.yaml, the map as "altracker alto
// build" reads it, and pids.csv, where the peers are. The JSON documents beside them are
// made of these, and are files for "altracker serve" and "altracker alto serve".
// README.md tells what is published and what is ours.
package trial

//go:generate go run ./generate
